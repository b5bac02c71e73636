#include "node/record.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace docmill {
namespace {

namespace json = boost::json;

struct Facts {
  JobSpec spec;
  LeasedTask task;
  Facts() {
    spec.pipeline = "ocr";
    spec.options = R"({"language":"eng"})";
    task.document = "a/scan.pdf";
  }
  RecordFacts facts(std::string_view outcome = "ok") const { return RecordFacts(spec, task, outcome); }
};

TEST(Record, KeepsTheWorkersFieldsButNotItsClaimsAboutTheNodes) {
  const Facts known;
  RecordFacts facts = known.facts();
  facts.worker_record = R"({"page_count":2,"outcome":"forged","schema":"forged","pages":[{"page":1}]})";
  const auto record = make_record(facts);
  ASSERT_TRUE(record);
  const auto object = json::parse(record->committed()).as_object();
  EXPECT_EQ(object.at("outcome"), "ok");
  EXPECT_EQ(object.at("schema"), "docmill.record/1");
  EXPECT_EQ(object.at("page_count"), 2);
  EXPECT_EQ(object.at("pages").as_array().size(), 1U);
}

TEST(Record, TheHeadOfAPublishedRecordIsItsFirstLine) {
  const Facts known;
  RecordFacts facts = known.facts();
  facts.worker_record = R"({"pages":[{"page":1}]})";
  const std::string text = make_record(facts)->published(false);
  EXPECT_EQ(text.substr(text.find('\n') + 1), "\"pages\":[{\"page\":1}]}\n");
  EXPECT_NO_THROW(static_cast<void>(json::parse(text)));
  EXPECT_FALSE(json::parse(make_record(facts)->published(true)).as_object().contains("pages"));
}

TEST(Record, StaysJsonWhateverTimesAWorkerClaims) {
  const Facts known;
  for (const double claimed : {1e308, -1e308}) {
    RecordFacts facts = known.facts();
    facts.cpu_seconds = claimed;
    const auto object = json::parse(make_record(facts)->committed()).as_object();
    EXPECT_EQ(object.at("statistics").at("cpu_seconds"), 0.0);
  }
}

TEST(Record, HidesPasswords) {
  Facts known;
  known.spec.options = R"({"language":"eng","password":"secret"})";
  const std::string text = make_record(known.facts())->committed();
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_EQ(json::parse(text).at("options").at("language"), "eng");
}

TEST(Record, SumsWhatThePartsOfAMergeTook) {
  Facts known;
  known.task.kind = TaskKind::merge;
  known.task.part_results = {R"({"statistics":{"seconds":2,"cpu_seconds":1.5,"peak_memory_bytes":500}})", "",
                             R"({"statistics":{"seconds":3,"cpu_seconds":2.5,"peak_memory_bytes":300}})"};
  RecordFacts facts = known.facts();
  facts.seconds = 1;
  facts.cpu_seconds = 1;
  facts.peak_memory = 400;
  const auto statistics = json::parse(make_record(facts)->committed()).at("statistics");
  EXPECT_EQ(statistics.at("cpu_seconds").to_number<double>(), 5.0);
  EXPECT_EQ(statistics.at("seconds").to_number<double>(), 6.0);
  EXPECT_EQ(statistics.at("peak_memory_bytes"), 500);
}

TEST(Record, RefusesARecordThatIsNoObject) {
  const Facts known;
  for (const char* const bad : {"[]", "{", "", "\xFF", "{\"a\":\"\xC0\x80\"}"}) {
    RecordFacts facts = known.facts();
    facts.worker_record = bad;
    const auto record = make_record(facts);
    ASSERT_FALSE(record) << bad;
    EXPECT_EQ(record.error().code, ErrorCode::internal);
  }
}

TEST(Record, NamesThatAreNoTextAreEscaped) {
  EXPECT_EQ(document_as_text("Müller \xE2\x82\xAC.pdf"), "Müller \xE2\x82\xAC.pdf");
  EXPECT_EQ(document_as_text("a\xFF\xC0\x80z"), "a\\xFF\\xC0\\x80z");
  EXPECT_EQ(document_as_text("cut \xE2\x82"), "cut \\xE2\\x82");
  EXPECT_EQ(document_as_text("surrogate \xED\xA0\x80"), "surrogate \\xED\\xA0\\x80");
}

TEST(Record, TimesAreIso8601InUtc) { EXPECT_EQ(iso_time(Millis{1'700'000'000'007}), "2023-11-14T22:13:20.007Z"); }

TEST(Record, AVeryLongOneIsCutToItsHeadAndACountOfItsPages) {
  const Facts known;
  RecordFacts facts = known.facts("partial");
  std::string pages;
  for (int page = 1; page <= 200; ++page) {
    pages += pages.empty() ? "" : ",";
    pages += R"({"page":)" + std::to_string(page);
    pages += page % 50 == 7 ? R"(,"status":"failed","error":{"code":"timeout"}})"
             : page == 190  ? R"(,"status":"degraded","error":{"code":"unreadable"}})"
                            : R"(,"status":"ok"})";
  }
  const std::string worker_record = R"({"page_count":200,"pages":[)" + pages + "]}";
  facts.worker_record = worker_record;
  const auto record = make_record(facts);
  EXPECT_EQ(record->committed(1'000'000), record->committed());
  const auto object = json::parse(record->committed(1'000)).as_object();
  EXPECT_FALSE(object.contains("pages"));
  EXPECT_EQ(object.at("page_count"), 200);
  const auto& manifest = object.at("manifest").as_object();
  EXPECT_EQ(manifest.at("artifact"), "json");
  EXPECT_EQ(manifest.at("pages").to_number<int>(), 200);
  EXPECT_EQ(manifest.at("by_status").at("ok"), 195);
  EXPECT_EQ(manifest.at("by_status").at("failed"), 4);
  EXPECT_EQ(manifest.at("errors"), 5);
  EXPECT_EQ(manifest.at("first_failed").at("page"), 7);
}

TEST(Record, WhatAWorkerSaysAtLengthIsCutToo) {
  const Facts known;
  RecordFacts facts = known.facts();
  const std::string worker_record = R"({"sentences":")" + std::string(5'000, 'x') + R"(","nlp":{"words":7}})";
  facts.worker_record = worker_record;
  const auto object = json::parse(make_record(facts)->committed(1'000)).as_object();
  EXPECT_FALSE(object.contains("sentences"));
  EXPECT_EQ(object.at("nlp").at("words"), 7);  // what is short stays
  EXPECT_EQ(object.at("outcome"), "ok");
  EXPECT_TRUE(object.contains("statistics") && object.contains("manifest"));
}

}  // namespace
}  // namespace docmill
