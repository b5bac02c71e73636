// Which brokers keep the contract. A new one is added here and nowhere else.
#include "tests/conformance/fixture.hpp"
#include "tests/model/model_broker.hpp"

namespace docmill::test {

std::vector<BrokerFactory> all_brokers() {
  return {
      {"model",
       [](boost::asio::io_context&, const Clock& clock, const std::filesystem::path&, BrokerSettings settings) {
         return std::make_unique<ModelBroker>(clock, settings.strict_scheduling);
       }},
  };
}

INSTANTIATE_TEST_SUITE_P(Brokers, BrokerConformance, testing::ValuesIn(all_brokers()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace docmill::test
