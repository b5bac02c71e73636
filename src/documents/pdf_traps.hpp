// What keeps Poppler busy without end, told from qpdf's objects before Poppler comes to it. Not all such things are
// looked for, only those that cost little to find: the worker's clocks and limits contain the rest.
//
// Foreign exceptions do not leave; an object that qpdf cannot read is no trap.
#pragma once

#include <qpdf/QPDFObjectHandle.hh>

#include "core/result.hpp"

namespace docmill {

// Whether going through all fields of `form` (the catalog's /AcroForm) from parent to children, as Poppler does, would
// take too long or too deep: fields may have children in common, so that 30 of them make a thousand million ways.
bool is_endless(QPDFObjectHandle form);

// unreadable: content of `page` (number `number`) is compressed as an image is, which may stand for any number of bytes
// too_large: it unpacks to more than can be read in a sensible time
Status check_content(QPDFObjectHandle page, int number);

}  // namespace docmill
