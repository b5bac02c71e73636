#include "transfer/http.hpp"

#include <gtest/gtest.h>

#include <future>

#include "transfer/test_server.hpp"

namespace docmill {
namespace {

using Problem = HttpReply::Problem;
using test::TestServer;

class HttpTest : public testing::Test {
 protected:
  HttpReply get(const std::string& url, bool public_only = false) {
    HttpRequest request;
    request.url = url;
    request.follow = true;
    request.public_only = public_only;
    request.max_bytes = 1'000;
    request.timeout = Millis(20'000);
    return http_.perform(request, given_up_);
  }

  Http http_;
  GivenUp given_up_ = false;
};

TEST_F(HttpTest, TellsStatusBodyAndTime) {
  TestServer server({TestServer::answer(200, "hello", "Last-Modified: Thu, 01 Jan 1970 00:01:00 GMT\r\n")});
  const auto reply = get(server.url());
  EXPECT_EQ(reply.problem, Problem::none);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.modified, Millis(60'000));
}

TEST_F(HttpTest, TakesNoMoreThanIsAllowed) {
  TestServer server({TestServer::answer(200, std::string(1'001, 'x'))});
  EXPECT_EQ(get(server.url()).problem, Problem::too_large);
}

TEST_F(HttpTest, ConnectsToNoPrivateAddressWhereOnlyPublicOnesAreAllowed) {
  for (const char* host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"}) {
    const auto reply = get("http://" + std::string(host) + ":1/", true);
    EXPECT_EQ(reply.problem, Problem::refused) << host << ": " << reply.message;
  }
}

TEST_F(HttpTest, FollowsRedirectsToNothingButHttp) {
  TestServer server({TestServer::answer(302, "", "Location: file:///etc/passwd\r\n")});
  const auto reply = get(server.url());
  EXPECT_EQ(reply.problem, Problem::refused) << reply.message;
  EXPECT_EQ(reply.body, "");
}

TEST_F(HttpTest, SaysWhatIsNoAddressAndWhatIsNotReached) {
  EXPECT_EQ(get("http://").problem, Problem::malformed);
  EXPECT_EQ(get("http://127.0.0.1:1/").problem, Problem::network);
}

TEST_F(HttpTest, EndsEarlyWhenNobodyWaitsForItAnyMore) {
  boost::asio::io_context loop;
  boost::asio::ip::tcp::acceptor silent(loop, {boost::asio::ip::address_v4::loopback(), 0});
  auto reply = std::async(std::launch::async,
                          [&] { return get("http://127.0.0.1:" + std::to_string(silent.local_endpoint().port())); });
  boost::asio::ip::tcp::socket socket(loop);
  silent.accept(socket);
  given_up_ = true;
  EXPECT_EQ(reply.get().problem, Problem::given_up);
}

}  // namespace
}  // namespace docmill
