#include "redis/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace docmill::redis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Url parsed(std::string_view text) {
  Result<Url> url = parse_url(text);
  EXPECT_TRUE(url) << (url ? "" : url.error().message);
  return url ? *url : Url();
}

std::string complaint(std::string_view text) {
  const Result<Url> url = parse_url(text);
  EXPECT_FALSE(url) << text << " was accepted";
  if (url) return "";
  EXPECT_EQ(url.error().code, ErrorCode::invalid_option);
  return url.error().message;
}

TEST(RedisUrl, tcp_with_everything) {
  const Url url = parsed("redis://anna:p%40ss%3Aw%2Ford@example.org:7000/3");
  EXPECT_EQ(url.transport, Url::Transport::tcp);
  EXPECT_EQ(url.server, (Endpoint{"example.org", 7000}));
  EXPECT_EQ(url.credentials, (Credentials{"anna", "p@ss:w/ord"}));
  EXPECT_EQ(url.database, 3);
  EXPECT_EQ(describe(url), "redis://anna@example.org:7000/3");
}

TEST(RedisUrl, what_is_left_out_has_its_default) {
  EXPECT_EQ(parsed("redis://").server, (Endpoint{"localhost", 6379}));
  EXPECT_EQ(parsed("redis://host").server, (Endpoint{"host", 6379}));
  EXPECT_EQ(parsed("redis://host/").database, 0);
  EXPECT_EQ(parsed("redis://host?db=4").database, 4);
  EXPECT_EQ(parsed("redis://:secret@host").credentials, (Credentials{"", "secret"}));
  EXPECT_FALSE(parsed("redis://host").credentials.given());
}

TEST(RedisUrl, an_ipv6_address_stands_in_brackets) {
  EXPECT_EQ(parsed("redis://[::1]:7000").server, (Endpoint{"::1", 7000}));
  EXPECT_EQ(describe(parsed("redis://[::1]")), "redis://[::1]:6379");
}

TEST(RedisUrl, tls_takes_its_files_under_our_names_and_those_of_redis_py) {
  const Url ours = parsed("rediss://host?ca_file=/a%20b/ca.pem&cert_file=c&key_file=k&server_name=n&verify=no");
  EXPECT_EQ(ours.transport, Url::Transport::tls);
  EXPECT_EQ(ours.tls, (Tls{"/a b/ca.pem", "c", "k", "n", false}));
  const Url theirs =
      parsed("rediss://host?ssl_ca_certs=/a%20b/ca.pem&ssl_certfile=c&ssl_keyfile=k&server_name=n&ssl_cert_reqs=none");
  EXPECT_EQ(ours, theirs);
  EXPECT_TRUE(parsed("rediss://host").tls.verify);
}

TEST(RedisUrl, unix_socket) {
  const Url url = parsed("unix://anna:secret@/run/redis/a%3Fb.sock?db=1");
  EXPECT_EQ(url.transport, Url::Transport::unix_socket);
  EXPECT_EQ(url.socket_path, "/run/redis/a?b.sock");
  EXPECT_EQ(url.credentials, (Credentials{"anna", "secret"}));
  EXPECT_EQ(url.database, 1);
  EXPECT_EQ(describe(parsed("unix:///run/redis.sock")), "unix:///run/redis.sock");
}

TEST(RedisUrl, sentinels) {
  const Url url =
      parsed("redis+sentinel://anna:secret@a,b:1234,[::1]/mymaster/2?sentinel_user=s&sentinel_password=p%25");
  EXPECT_TRUE(url.has_sentinels());
  EXPECT_EQ(url.sentinels, (std::vector<Endpoint>{{"a", 26379}, {"b", 1234}, {"::1", 26379}}));
  EXPECT_EQ(url.master, "mymaster");
  EXPECT_EQ(url.database, 2);
  EXPECT_EQ(url.credentials, (Credentials{"anna", "secret"}));
  EXPECT_EQ(url.sentinel_credentials, (Credentials{"s", "p%"}));
  EXPECT_EQ(describe(url), "redis+sentinel://anna@a:26379,b:1234,[::1]:26379/mymaster/2");
  EXPECT_EQ(parsed("rediss+sentinel://a/m?ca_file=x").transport, Url::Transport::tls);
}

TEST(RedisUrl, an_error_says_what_is_wrong) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"", "must begin with redis://"},
      {"host:6379", "must begin with redis://"},
      {"http://host", "must begin with redis://"},
      {"redis://host:0", "port must be a number from 1 to 65535"},
      {"redis://host:65536", "port must be a number from 1 to 65535"},
      {"redis://:6379", "host before the port is missing"},
      {"redis://[::1", "has no ]"},
      {"redis://[::1]x", "only :port may follow"},
      {"redis://host/db", "database must be a number"},
      {"redis://host/-1", "database must be a number"},
      {"redis://a,b/0", "redis+sentinel://"},
      {"redis://host?db", "has no value"},
      {"redis://host?db=1&db=2", "twice"},
      {"redis://host?timeout=3", "no parameter \"timeout\""},
      {"redis://host?ca_file=x", "needs TLS"},
      {"redis://host?sentinel_user=x", "no parameter \"sentinel_user\""},
      {"rediss://host?verify=perhaps", "must be yes or no"},
      {"rediss://host?cert_file=x", "belong together"},
      {"redis://u:100%@host", "written %25"},
      {"redis://u:%zz@host", "written %25"},
      {"redis://u:%00@host", "written %25"},
      {"unix://path.sock", "must be absolute"},
      {"unix://", "must be absolute"},
      {"redis+sentinel://a", "name of the master is missing"},
      {"redis+sentinel:///m", "host of a sentinel is missing"},
      {"redis+sentinel://a,/m", "host of a sentinel is missing"},
  };
  for (const auto& [text, message] : wrong) EXPECT_THAT(complaint(text), HasSubstr(message)) << text;
}

TEST(RedisUrl, no_message_shows_a_password) {
  const std::vector<std::string> wrong{
      "redis://user:hidden@host:99999",
      "redis://user:hid/hidden@host",
      "redis://user:hid?hidden@host",
      "redis://:hidden",
      "redis://user:hidden",
      "user:hidden@host",
      "redis://user:%zhidden@host",
      "redis://user:a@hidden@host:x",
      "redis+sentinel://u:hidden@a",
      "redis+sentinel://a/m?sentinel_password=hidden&x=1",
      "redis+sentinel://a/m?sentinel_password=hid@hidden&x=1",
      "redis://user:12?hidden@host",
  };
  for (const std::string& text : wrong) EXPECT_THAT(complaint(text), Not(HasSubstr("hidden"))) << text;
  EXPECT_THAT(complaint("redis://:123456"), Not(HasSubstr("123456")));
  EXPECT_THAT(describe(parsed("redis://:hidden@host")), Not(HasSubstr("hidden")));
  EXPECT_THAT(describe(parsed("redis+sentinel://a/m?sentinel_password=hidden")), Not(HasSubstr("hidden")));
}

}  // namespace
}  // namespace docmill::redis
