#include "cli/commands.hpp"

int main(int argc, char** argv) { return docmill::cli::run_docmill(argc, argv); }
