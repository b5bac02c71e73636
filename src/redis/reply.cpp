#include "redis/reply.hpp"

#include <hiredis/hiredis.h>

#include <charconv>
#include <new>
#include <vector>

#include "core/error.hpp"

namespace docmill::redis {
namespace {

[[noreturn]] void unexpected(const char* wanted) {
  throw SystemError(SystemError::Kind::misconfigured,
                    std::string("the Redis server answered something else than ") + wanted);
}

}  // namespace

Command::Command(std::initializer_list<std::string_view> arguments)
    : Command(std::span<const std::string_view>(arguments.begin(), arguments.size())) {}

Command::Command(std::span<const std::string_view> arguments) : name_(arguments.front()) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  texts.reserve(arguments.size());
  sizes.reserve(arguments.size());
  for (const std::string_view argument : arguments) {
    texts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  char* bytes = nullptr;
  const auto size = ::redisFormatCommandArgv(&bytes, static_cast<int>(arguments.size()), texts.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  bytes_.reset(bytes);
  size_ = static_cast<std::size_t>(size);
}

void Command::Free::operator()(char* bytes) const { ::redisFreeCommand(bytes); }

int ReplyView::type() const { return reply_ == nullptr ? REDIS_REPLY_NIL : reply_->type; }

bool ReplyView::is_nil() const { return type() == REDIS_REPLY_NIL; }
bool ReplyView::is_error() const { return type() == REDIS_REPLY_ERROR; }
bool ReplyView::is_integer() const { return type() == REDIS_REPLY_INTEGER; }
bool ReplyView::is_array() const { return type() == REDIS_REPLY_ARRAY; }
bool ReplyView::is_text() const { return type() == REDIS_REPLY_STRING || type() == REDIS_REPLY_STATUS; }

std::string_view ReplyView::text() const {
  if (!is_text()) unexpected("text");
  return {reply_->str, reply_->len};
}

std::string_view ReplyView::error() const {
  return is_error() ? std::string_view(reply_->str, reply_->len) : std::string_view();
}

std::int64_t ReplyView::integer() const {
  if (is_integer()) return reply_->integer;
  if (!is_text()) unexpected("a number");
  std::int64_t value = 0;
  const char* const end = reply_->str + reply_->len;
  const auto [stop, error] = std::from_chars(reply_->str, end, value);
  if (error != std::errc() || stop != end) unexpected("a number");
  return value;
}

std::size_t ReplyView::size() const { return is_array() ? reply_->elements : 0; }

ReplyView ReplyView::operator[](std::size_t index) const {
  if (index >= size()) unexpected("a list of that length");
  return ReplyView(reply_->element[index]);
}

void Reply::Free::operator()(redisReply* reply) const { ::freeReplyObject(reply); }

}  // namespace docmill::redis
