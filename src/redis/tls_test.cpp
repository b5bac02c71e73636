// TLS, with a certificate authority of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/redis_server.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_redis_client.hpp"

namespace docmill::redis {
namespace {

using test::RedisServer;
using test::RedisServerOptions;
using test::TestRedisClient;
using ::testing::HasSubstr;

// ca.pem, and certificates signed by it: server.pem for "localhost", client.pem; other-ca.pem has signed nothing.
class Certificates {
 public:
  Certificates() {
    make_ca("ca");
    make_ca("other-ca");
    sign("server", "subjectAltName=DNS:localhost");
    sign("client", "extendedKeyUsage=clientAuth");
  }

  std::string file(const std::string& name) const { return directory_.path() / name; }

 private:
  void openssl(const std::string& arguments) const {
    const std::string command = "cd " + directory_.path().string() + " && openssl " + arguments + " >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: openssl " + arguments);
  }
  void make_ca(const std::string& name) const {
    openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name + " -keyout " +
            name + ".key -out " + name + ".pem");
  }
  void sign(const std::string& name, const std::string& extension) const {
    std::ofstream(file(name + ".ext")) << extension << "\n";
    openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -keyout " + name +
            ".key -out " + name + ".csr");
    openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile " + name +
            ".ext -out " + name + ".pem");
  }

  test::TempDir directory_;
};

class RedisTls : public ::testing::Test {
 protected:
  explicit RedisTls(const std::string& clients = "no") : server_(options(clients)) {}

  std::string url(const std::string& host, const std::string& parameters) const {
    return "rediss://" + host + ":" + std::to_string(server_.tls_port()) + "?" + parameters;
  }
  std::string trusted() const { return "ca_file=" + certificates_.file("ca.pem"); }
  std::string client_certificate() const {
    return "&cert_file=" + certificates_.file("client.pem") + "&key_file=" + certificates_.file("client.key");
  }

  const Certificates certificates_;
  const RedisServer server_;

 private:
  RedisServerOptions options(const std::string& clients) const {
    RedisServerOptions result;
    result.tls = true;
    result.config = {"tls-cert-file " + certificates_.file("server.pem"),
                     "tls-key-file " + certificates_.file("server.key"),
                     "tls-ca-cert-file " + certificates_.file("ca.pem"), "tls-auth-clients " + clients};
    return result;
  }
};

class RedisTlsWithClients : public RedisTls {
 protected:
  RedisTlsWithClients() : RedisTls("yes") {}
};

std::string refusal(TestRedisClient& client) {
  const auto error = client.failure({"PING"});
  if (!error) return "";
  EXPECT_EQ(error->kind(), SystemError::Kind::misconfigured) << error->what();
  return error->what();
}

TEST_F(RedisTls, a_server_that_our_authority_has_signed_is_trusted) {
  TestRedisClient client(url("localhost", trusted()));
  const std::string big(3'000'000, 'x');
  EXPECT_EQ(client.text({"SET", "key", big}), "OK");
  EXPECT_TRUE(client.text({"GET", "key"}) == big);
  const auto subscription = client.client().subscribe({"jobs"});
  EXPECT_TRUE(test::run(client.loop(), subscription->next(std::chrono::seconds(10))).missed);
}

TEST_F(RedisTls, no_other_server_is_trusted) {
  TestRedisClient system_trust(url("localhost", ""));
  EXPECT_THAT(refusal(system_trust), HasSubstr("certificate verify failed"));
  TestRedisClient other_trust(url("localhost", "ca_file=" + certificates_.file("other-ca.pem")));
  EXPECT_THAT(refusal(other_trust), HasSubstr("certificate verify failed"));
  TestRedisClient other_name(url("127.0.0.1", trusted()));
  EXPECT_THAT(refusal(other_name), HasSubstr("certificate verify failed"));
}

TEST_F(RedisTls, the_name_may_be_another_and_verification_may_be_left_out) {
  TestRedisClient named(url("127.0.0.1", trusted() + "&server_name=localhost"));
  EXPECT_EQ(named.text({"PING"}), "PONG");
  TestRedisClient trusting(url("127.0.0.1", "verify=no"));
  EXPECT_EQ(trusting.text({"PING"}), "PONG");
}

TEST_F(RedisTls, a_file_that_cannot_be_used_is_named) {
  TestRedisClient client(url("localhost", "ca_file=/nowhere/ca.pem"));
  EXPECT_THAT(refusal(client), HasSubstr("cannot use the CA file /nowhere/ca.pem"));
  TestRedisClient certificate(url("localhost", trusted() + "&cert_file=/nowhere/c.pem&key_file=/nowhere/c.key"));
  EXPECT_THAT(refusal(certificate), HasSubstr("cannot use the client certificate /nowhere/c.pem"));
}

// It takes our first words for the beginning of a command, and waits for the rest.
TEST_F(RedisTls, a_server_without_tls_is_suspected) {
  RedisServerOptions options;
  options.tcp = true;
  const RedisServer plain(options);
  ClientOptions little_time = test::impatient(std::chrono::milliseconds(200));
  little_time.connect_timeout = std::chrono::milliseconds(50);
  TestRedisClient client("rediss://127.0.0.1:" + std::to_string(plain.port()) + "?" + trusted(), little_time);
  EXPECT_THAT(client.failure({"PING"})->what(), HasSubstr("does it speak TLS?"));
}

TEST_F(RedisTlsWithClients, a_client_shows_its_certificate) {
  TestRedisClient client(url("localhost", trusted() + client_certificate()));
  EXPECT_EQ(client.text({"PING"}), "PONG");
  TestRedisClient without(url("localhost", trusted()));
  EXPECT_THAT(refusal(without), HasSubstr("certificate required"));
}

}  // namespace
}  // namespace docmill::redis
