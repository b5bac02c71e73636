// What the tests of the coroutine side include everywhere; compiled once per preset.
#pragma once
#include "asio_pch.hpp"
#include "test_pch.hpp"
