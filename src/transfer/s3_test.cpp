#include "transfer/s3.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/descriptor.hpp"
#include "transfer/test_server.hpp"

namespace docmill {
namespace {

using test::TestServer;

Descriptor file_with(const std::string& text) {
  Descriptor file(::memfd_create("test", MFD_CLOEXEC));
  EXPECT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  return file;
}

std::string text_in(const Descriptor& file) {
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(::pread(file.get(), text.data(), text.size(), 0)));
  return text;
}

class S3Test : public testing::Test {
 protected:
  S3 s3_at(const std::string& endpoint) {
    S3Options options;
    options.endpoint = endpoint;
    options.access_key = "key";
    options.secret_key = "secret";
    options.session_token = "token";
    options.first_pause = Millis(1);
    return S3(http_, options);
  }
  Result<HttpReply> get(TestServer& server, const Descriptor& sink) {
    return s3_at(server.url()).get(place_, sink.get(), 1'000, Millis(20'000), given_up_);
  }

  Http http_;
  GivenUp given_up_ = false;
  const S3Place place_{"bucket", "a b/\xC3\xA4+.txt"};
};

TEST_F(S3Test, SignsWhatItSendsWithItsBody) {
  TestServer server({TestServer::answer(200)});
  const auto file = file_with("hello");
  ASSERT_TRUE(s3_at(server.url()).put_file(place_, file.get(), 5, given_up_));
  const auto& asked = server.asked().at(0);
  EXPECT_TRUE(asked.head.starts_with("PUT /bucket/a%20b/%C3%A4%2B.txt HTTP/1.1\r\n")) << asked.head;
  EXPECT_EQ(asked.body, "hello");
  for (const char* part :
       {"AWS4-HMAC-SHA256 Credential=key/", "/us-east-1/s3/aws4_request", "x-amz-security-token: token",
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}) {
    EXPECT_NE(asked.head.find(part), std::string::npos) << part << " in " << asked.head;
  }
}

TEST_F(S3Test, TriesAgainWhatMayPassAndSendsAllOfIt) {
  TestServer server({TestServer::answer(503), TestServer::answer(500), TestServer::answer(200)});
  const auto file = file_with("hello");
  EXPECT_TRUE(s3_at(server.url()).put_file(place_, file.get(), 5, given_up_));
  for (const auto& asked : server.asked()) EXPECT_EQ(asked.body, "hello");
}

TEST_F(S3Test, GivesUpAfterAFewAttempts) {
  TestServer server(std::vector<std::string>(4, TestServer::answer(503, "<Error><Code>SlowDown</Code></Error>")));
  const auto file = file_with("hello");
  const auto put = s3_at(server.url()).put_file(place_, file.get(), 5, given_up_);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::source_unavailable);
  EXPECT_NE(put.error().message.find("SlowDown"), std::string::npos) << put.error().message;
  EXPECT_EQ(server.asked().size(), 4U);
}

TEST_F(S3Test, AnAnswerThatBrokeOffIsReadAgainFromItsStart) {
  TestServer server(
      {"HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\nlong and broken off", TestServer::answer(200, "whole")});
  const auto sink = file_with("");
  ASSERT_TRUE(get(server, sink));
  EXPECT_EQ(text_in(sink), "whole");
}

TEST_F(S3Test, WhatIsRefusedIsNotTriedAgainAndNotTakenForTheDocument) {
  TestServer server({TestServer::answer(403, "<Error><Code>AccessDenied</Code></Error>")});
  const auto sink = file_with("");
  const auto reply = get(server, sink);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::access_denied);
  EXPECT_EQ(text_in(sink), "");
}

TEST_F(S3Test, WhatIsNotThereIsNotFound) {
  TestServer server({TestServer::answer(404)});
  EXPECT_EQ(get(server, file_with("")).error().code, ErrorCode::not_found);
}

TEST_F(S3Test, WhoIsGivenUpTriesNothingAgain) {
  given_up_ = true;
  const auto file = file_with("hello");
  const auto put = s3_at("http://127.0.0.1:1").put_file(place_, file.get(), 5, given_up_);
  ASSERT_FALSE(put);
}

TEST(S3Url, IsBucketAndKey) {
  EXPECT_EQ(parse_s3_url("s3://bucket/some/key")->key, "some/key");
  EXPECT_EQ(parse_s3_url("s3://bucket")->bucket, "bucket");
  EXPECT_EQ(parse_s3_url("s3://bucket/")->key, "");
  EXPECT_FALSE(parse_s3_url("s3:///key"));
  EXPECT_FALSE(parse_s3_url("http://bucket/key"));
}

}  // namespace
}  // namespace docmill
