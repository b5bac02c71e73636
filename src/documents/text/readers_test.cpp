#include "documents/text/readers.hpp"

#include <gmock/gmock.h>

#include "documents/text/readers_test_support.hpp"
#include "documents/text/test_zip.hpp"

namespace docmill {
namespace {

using testing::HasSubstr;
using testing::Not;

// -- HTML

TEST(Html, BecomesParagraphsWithoutWhatIsHidden) {
  EXPECT_EQ(
      text_of(read_html("<html><head><title>A  title</title><style>p{}</style><script>var x = '<p>';</script></head>"
                        "<body><h1>Head &amp; more</h1><p>One\n <b>two</b>,<br>three</p><ul><li>a<li>b</ul>"
                        "<table><tr><td>1<td>2<tr><td>3</table><noscript>no</noscript></body></html>",
                        limits)),
      "A title\n\nHead & more\n\nOne two,\nthree\n\na\nb\n\n1\t2\n3\n");
}

TEST(Html, KeepsTheLinesOfPreformattedText) {
  EXPECT_EQ(text_of(read_html("<pre>a\n  b</pre><p>c   d</p>", limits)), "a\n  b\n\nc d\n");
}

TEST(Html, MayBeNestedAsDeepAsItLikes) {
  constexpr std::size_t depth = 100'000;
  EXPECT_EQ(text_of(read_html(repeated("<div>", depth) + "deep" + repeated("</div>", depth), limits)), "deep\n");
  EXPECT_EQ(text_of(read_html(repeated("<b>", depth) + "deep", limits)), "deep\n");
}

TEST(Html, IsReadThoughItIsBroken) {
  EXPECT_THAT(text_of(read_html("<p>one<p>two</div></p><a href='x>three</a> <table><td>four", limits)),
              HasSubstr("two"));
  EXPECT_EQ(text_of(read_html("<p>&#0;&#x110000;&nosuch; x", limits)).find("(unreadable)"), std::string::npos);
}

TEST(Html, IsReadInItsEncoding) {
  EXPECT_EQ(text_of(read_html("<html><head><meta charset=\"windows-1251\"></head><body>\xCF\xF0\xE8\xE2\xE5\xF2</body>",
                              limits)),
            "Привет\n");
  EXPECT_EQ(text_of(read_html("<p>\xCF\xF0\xE8\xE2\xE5\xF2</p>", limits, "windows-1251")), "Привет\n");
}

// -- Markdown

TEST(Markdown, LosesItsMarks) {
  EXPECT_EQ(text_of(read_markdown("# Title\n\nSome *emphasis* and a [link](https://example.com).\n\n- one\n- two\n\n"
                                  "| a | b |\n|---|---|\n| 1 | 2 |\n",
                                  limits)),
            "Title\n\nSome emphasis and a link.\n\none\ntwo\n\na\tb\n1\t2\n");
}

// -- Mail

TEST(Mail, SaysThatItsTextCannotBeRead) {
  const auto read = read_mail(
      "From: a@example.org\nSubject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
      "AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8=\n",
      limits);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->left_out, std::vector<std::string>{"A part of the message calls itself text, and is none."});
}

TEST(Mail, BecomesHeadersAndText) {
  EXPECT_EQ(text_of(read_mail(
                "From: =?iso-8859-1?Q?J=FCrgen?= <j@example.com>\r\nTo: ann@example.com\r\nSubject: "
                "=?utf-8?B?R3LDvMOfZQ==?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
                "boundary=\"b\"\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=\"c\"\r\n\r\n--c\r\n"
                "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable"
                "\r\n\r\nSch=F6ne Gr=FC=DFe\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n--c--\r\n"
                "--b\r\nContent-Type: application/pdf; name=\"bill.pdf\"\r\nContent-Disposition: attachment; "
                "filename=\"bill.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n",
                limits)),
            "Subject: Grüße\nFrom: Jürgen <j@example.com>\nTo: ann@example.com\n\nSchöne Grüße\n\n[bill.pdf]\n");
}

TEST(Mail, OfHtmlAloneIsReadAsHtml) {
  EXPECT_THAT(
      text_of(read_mail(
          "From: a@example.com\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n<p>One</p><p>Two</p>", limits)),
      HasSubstr("One\n\nTwo\n"));
}

std::string alternatives(const std::string& plain, const std::string& html) {
  return "From: a@example.com\nSubject: x\nContent-Type: multipart/alternative; boundary=\"b\"\n\n--b\nContent-Type: "
         "text/plain\n\n" +
         plain + "\n--b\nContent-Type: text/html\n\n" + html + "\n--b--\n";
}

TEST(Mail, IsReadInItsPlainestFormThatSaysSomething) {
  EXPECT_THAT(text_of(read_mail(alternatives("plain", "<p>html"), limits)), testing::EndsWith("\n\nplain\n"));
  EXPECT_THAT(text_of(read_mail(alternatives(" \n ", "<p>html"), limits)), testing::EndsWith("\n\nhtml\n"));
}

// Attachments without a name are told by their type, and so is text that cannot be read: the rest of the mail can.
TEST(Mail, SaysWhatElseIsInIt) {
  const std::string zeros(200, '\0');
  EXPECT_EQ(
      text_of(read_mail("From: a@example.com\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: "
                        "image/jpeg\n\nJPEG\n--b\nContent-Type: text/plain; name=\"odd.txt\"\n\n" +
                            zeros + "\n--b\n\ntext\n--b--\n",
                        limits)),
      "From: a@example.com\n\n[image/jpeg]\n\n[odd.txt]\n\ntext\n");
}

std::string attached(const std::string& inner, int level) {
  const auto boundary = "b" + std::to_string(level);
  return "From: a@example.com\nSubject: level " + std::to_string(level) +
         "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n--" + boundary +
         "\nContent-Type: text/plain\n\ntext " + std::to_string(level) + "\n--" + boundary +
         "\nContent-Type: message/rfc822\n\n" + inner + "\n--" + boundary + "--\n";
}

TEST(Mail, HasTheTextOfAttachedMessages) {
  const auto mail = attached(attached("From: a@example.com\nSubject: inner\n\ninnermost\n", 2), 1);
  const auto text = text_of(read_mail(mail, limits));
  EXPECT_THAT(text, HasSubstr("level 1"));
  EXPECT_THAT(text, HasSubstr("level 2"));
  EXPECT_THAT(text, HasSubstr("innermost"));
}

// What a mail looks like that has itself attached, as far as a file can.
TEST(Mail, ThatIsAttachedToItselfIsReadAFewTimes) {
  std::string mail = "From: a@example.com\nSubject: innermost\n\nend\n";
  for (int level = 0; level < 40; ++level) mail = attached(mail, level);
  const auto read = read_mail(mail, limits);
  ASSERT_TRUE(read);
  EXPECT_THAT(read->text, testing::AllOf(HasSubstr("level 39"), HasSubstr("level 24"), Not(HasSubstr("level 23"))));
  EXPECT_THAT(read->left_out, testing::ElementsAre(HasSubstr("attached to messages more than 16 deep")));
}

TEST(Mail, MayBeNestedAsDeepAsItLikes) {
  std::string mail;
  for (int level = 0; level < 20'000; ++level) {
    mail += "From: a@example.com\nContent-Type: multipart/mixed; boundary=\"b" + std::to_string(level) + "\"\n\n--b" +
            std::to_string(level) + "\n";
  }
  EXPECT_EQ(code_of(read_mail(mail + "Content-Type: text/plain\n\ndeep\n", limits)), "read");
  std::string messages;
  for (int level = 0; level < 20'000; ++level) messages += "Content-Type: message/rfc822\n\n";
  EXPECT_EQ(code_of(read_mail("From: a@example.com\n" + messages + "\nend\n", limits)), "read");
}

}  // namespace
}  // namespace docmill
