// The tables of the embedded broker, and how a file becomes one of ours.
#pragma once

#include <memory>

#include "broker/sqlite/database.hpp"
#include "broker/sqlite/sqlite_broker.hpp"

namespace docmill::sqlite {

inline constexpr int schema_version = 2;

// Opens the file that `options` name, makes its tables if it is new, and brings those of an older docmill up to date.
// Throws as open_sqlite_broker() does, before anything in a foreign or newer file was changed.
std::unique_ptr<Database> open_database(const SqliteOptions& options);

}  // namespace docmill::sqlite
