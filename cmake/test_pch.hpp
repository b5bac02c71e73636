// What the tests include everywhere; compiled once per preset.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base_pch.hpp"
