// What an error that a server answers says about the server.
#pragma once

#include <string_view>

namespace docmill::redis {

enum class Meaning {
  answer,            // something that the command itself did wrong
  again,             // the server is about to be fit: the same command, a little later
  elsewhere,         // a replica that used to be a master: connect anew, the master may be another
  overloaded,        // memory
  unavailable,       // needs an operator, or replicas
  misconfigured,     // no retry will help
  function_missing,  // the library has to be loaded
};

// `error` as the server wrote it: "READONLY You can't write against a read only replica."
Meaning meaning_of(std::string_view error);

}  // namespace docmill::redis
