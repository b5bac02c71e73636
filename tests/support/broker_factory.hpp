// What a suite needs to open the broker that it tests, as a value-parameter of GoogleTest.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "broker/broker.hpp"
#include "runtime/clock.hpp"

namespace docmill::test {

struct BrokerSettings {
  bool strict_scheduling = false;
};

struct BrokerFactory {
  std::string name;
  bool durable = false;  // what was answered survives kill -9
  // Opens a broker whose data, if it keeps any on disk, are in `directory`.
  std::function<std::unique_ptr<Broker>(boost::asio::io_context&, const Clock&, const std::filesystem::path& directory,
                                        BrokerSettings)>
      open;
  // Starts what openings share, for tests that fork; their children must not start it.
  std::function<void()> prepare = [] {};
};

inline void PrintTo(const BrokerFactory& factory, std::ostream* out) { *out << factory.name; }

}  // namespace docmill::test
