// An HTTP server for tests: answers what it is told, in order, each on a connection of its own, and keeps what was
// asked.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <thread>
#include <vector>

namespace docmill::test {

class TestServer {
 public:
  struct Asked {
    std::string head;
    std::string body;
  };

  explicit TestServer(std::vector<std::string> answers)
      : answers_(std::move(answers)),
        acceptor_(loop_, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
        thread_([this] { serve(); }) {}
  ~TestServer() {
    if (thread_.joinable()) thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

  // Waits until all answers have been given.
  const std::vector<Asked>& asked() {
    if (thread_.joinable()) thread_.join();
    return asked_;
  }

  static std::string answer(int status, const std::string& body = "", const std::string& headers = "") {
    return "HTTP/1.1 " + std::to_string(status) +
           " x\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
           body;
  }

 private:
  void serve() {
    for (const auto& answer : answers_) {
      boost::asio::ip::tcp::socket socket(loop_);
      acceptor_.accept(socket);
      boost::system::error_code ignored;  // a client may go away
      std::string text;
      const auto head = boost::asio::read_until(socket, boost::asio::dynamic_buffer(text), "\r\n\r\n", ignored);
      Asked asked{text.substr(0, head), text.substr(head)};
      const auto length = asked.head.find("Content-Length: ");
      if (length != std::string::npos) {
        const auto wanted = static_cast<std::size_t>(std::stoul(asked.head.substr(length + 16)));
        std::string rest(wanted - std::min(wanted, asked.body.size()), '\0');
        boost::asio::read(socket, boost::asio::buffer(rest), ignored);
        asked.body += rest;
      }
      asked_.push_back(std::move(asked));
      boost::asio::write(socket, boost::asio::buffer(answer), ignored);
    }
  }

  const std::vector<std::string> answers_;
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<Asked> asked_;  // by the thread, until it has ended
  std::thread thread_;
};

}  // namespace docmill::test
