// What is said to a server and what it answers. Values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct redisReply;  // NOLINT(readability-identifier-naming): hiredis'

namespace docmill::redis {

// A command, ready to be sent any number of times. Making one copies each argument once; nothing copies it afterwards.
// The arguments need not live on, so that `Command command({"SET", key, std::to_string(n)});` is right.
class Command {
 public:
  Command(std::initializer_list<std::string_view> arguments);  // the first is the command's name
  explicit Command(std::span<const std::string_view> arguments);

  std::string_view bytes() const { return {bytes_.get(), size_}; }  // as it goes over the wire
  const std::string& name() const { return name_; }                 // "SET", for messages

 private:
  struct Free {
    void operator()(char* bytes) const;
  };
  std::unique_ptr<char, Free> bytes_;
  std::size_t size_ = 0;
  std::string name_;
};

// An answer, or an element of one, that somebody else owns.
//
// text(), integer() and operator[] throw SystemError (misconfigured) for an answer of another kind or length: the
// server is not what it should be.
class ReplyView {
 public:
  explicit ReplyView(const redisReply* reply) : reply_(reply) {}

  bool is_nil() const;
  bool is_error() const;
  bool is_integer() const;
  bool is_array() const;
  bool is_text() const;  // a string or a status ("OK")

  std::string_view text() const;   // of a string or a status
  std::string_view error() const;  // "ERR no such key"; empty if it is none
  std::int64_t integer() const;    // of an integer, or of text that is one
  std::size_t size() const;        // elements of an array; 0 for all else
  ReplyView operator[](std::size_t index) const;

 private:
  int type() const;

  const redisReply* reply_;  // nullptr: nil
};

// An answer as a whole. Views of it, and text from it, live as long as it does, also when it is moved.
class Reply : public ReplyView {
 public:
  Reply() : ReplyView(nullptr) {}  // nil
  explicit Reply(redisReply* owned) : ReplyView(owned), owned_(owned) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) noexcept = default;

 private:
  struct Free {
    void operator()(redisReply* reply) const;
  };
  std::unique_ptr<redisReply, Free> owned_;
};

}  // namespace docmill::redis
