// The embedded broker: one SQLite file that several processes may use at the same time.
//
// All calls go to one thread per broker, which runs those that wait in one transaction and answers after its commit
// (group commit). What is answered is on the disk, as far as Durability promises.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "broker/broker.hpp"
#include "runtime/clock.hpp"

namespace docmill {

struct SqliteOptions {
  enum class Durability {
    full,    // what is answered survives a power cut
    normal,  // … survives the death of every process; a power cut may take the last moments, never the whole
  };

  std::string path;                // of the database; it is made if it is missing, its directory is not
  bool strict_scheduling = false;  // higher priorities always first, instead of fair shares
  Durability durability = Durability::full;
  Millis busy_timeout{10'000};  // how long to wait for another process that is writing
};

// Coroutines of the broker are answered on `loop`; both arguments must outlive it, and every call must have been
// answered before it goes. Its destructor does what is queued first, and waits for that.
//
// Throws SystemError, here and from each call: misconfigured for a file that is damaged, foreign or of a newer
// docmill, for a directory that cannot be written and for a full disk; unavailable when the file stays locked for
// longer than `busy_timeout`.
std::unique_ptr<Broker> open_sqlite_broker(boost::asio::io_context& loop, const Clock& clock, SqliteOptions options);

}  // namespace docmill
