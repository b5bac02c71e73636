#include "broker/redis/call_numbers.hpp"

#include <utility>

#include "runtime/random.hpp"

namespace docmill::redis {

CallNumbers::Call::Call(CallNumbers& numbers, RequestId given)
    : numbers_(numbers), id_(std::move(given)), ours_(id_.client.empty()) {
  if (ours_) id_ = numbers_.take();
}

CallNumbers::Call::~Call() {
  if (ours_) numbers_.free_.push_back(std::move(id_));
}

RequestId CallNumbers::take() {
  RequestId id;
  if (free_.empty()) {
    if (name_.empty()) name_ = "docmill-" + random_name(16);
    id.client = name_ + "-" + std::to_string(++clients_);
  } else {
    id = std::move(free_.back());
    free_.pop_back();
  }
  ++id.sequence;
  return id;
}

}  // namespace docmill::redis
