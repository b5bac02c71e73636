// Numbers for calls that come without one. The client repeats a call whose answer was lost, so every call that must not
// be done twice needs a RequestId, also where the caller has given none.
#pragma once

#include <string>
#include <vector>

#include "broker/broker.hpp"

namespace docmill::redis {

// One event loop. As many clients as calls were ever under way at the same time: the server keeps a record of each.
class CallNumbers {
 public:
  // One call, from its beginning to its end.
  class Call {
   public:
    // `given`: what the caller asked with; of no client: a number of ours.
    Call(CallNumbers& numbers, RequestId given);
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call();
    const RequestId& id() const { return id_; }

   private:
    CallNumbers& numbers_;
    RequestId id_;
    bool ours_;
  };

 private:
  RequestId take();

  std::string name_;
  int clients_ = 0;
  std::vector<RequestId> free_;
};

}  // namespace docmill::redis
