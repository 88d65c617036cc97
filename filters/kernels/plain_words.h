// Plain words of a text: what a classifier of toxicity reads. Words are lower-cased and freed of punctuation
// and common disguises ("h4te", "soooo"), contractions are spelled out ("don't": "do not"), and given phrases
// (names of groups of people, say) are replaced by one word. Its plain twin is in tests/naive.py.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

constexpr uint32_t FNV_BASIS = 2166136261u;
inline uint32_t fnv(uint32_t hash, char c) {
  return (hash ^ static_cast<uint32_t>(static_cast<int8_t>(c))) *
         16777619u;  // sign-extended, as fastText does
}
inline uint32_t fnv(std::string_view text) {
  uint32_t hash = FNV_BASIS;
  for (const char c : text) hash = fnv(hash, c);
  return hash;
}

// A word and the bytes of the text that it stands for.
struct PlainWord {
  uint32_t text, size;  // in the reader's buffer
  uint32_t hash;
  int64_t begin, end;
};

class PlainWords {
 public:
  // The state of reading; one a thread, kept between texts for its memory.
  struct Reader {
    std::string text;
    std::vector<PlainWord> found, words;  // before and after phrases are replaced
    std::string_view of(const PlainWord& word) const { return {text.data() + word.text, word.size}; }
  };

  // phrases: (words with one space between them, as `read` gives them; the words that replace them)
  explicit PlainWords(const std::vector<std::pair<std::string, std::string>>& phrases) {
    for (const auto& [phrase, replacement] : phrases) {
      const size_t length = 1 + static_cast<size_t>(std::count(phrase.begin(), phrase.end(), ' '));
      size_t& longest = longest_[phrase.substr(0, phrase.find(' '))];
      longest = std::max(longest, length);
      replacements_[phrase] = replacement;
    }
    begins_.assign(FILTER / 64, 0);
    for (const auto& [first, longest] : longest_) {
      const uint32_t hash = fnv(first) % FILTER;
      begins_[hash / 64] |= uint64_t{1} << (hash % 64);
    }
  }

  // Leaves the words of `line` in reader.words.
  void read(std::string_view line, Reader& reader) const {
    reader.text.clear();
    reader.found.clear();
    reader.words.clear();
    split(line, reader);
    replace(reader);
  }

 private:
  static constexpr uint32_t FILTER = 1u << 14;  // bits of a filter before the exact lookup
  enum Kind : uint8_t { BREAK, LETTER, DIGIT, MARK, WIDE };

  static bool ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  static bool continues(char c) { return (c & 0xC0) == 0x80; }

  static char undisguised(char c) {
    switch (c) {
      case '@': case '4': return 'a';
      case '$': case '5': return 's';
      case '0': return 'o';
      case '1': return 'i';
      case '3': return 'e';
      default: return '\0';
    }
  }

  // Code points above ASCII that separate words: punctuation, spaces, full-width marks.
  static bool separates(uint32_t point) {
    return (point >= 0x80 && point <= 0xBF) || point == 0xD7 || point == 0xF7 ||
           (point >= 0x2000 && point <= 0x206F) || (point >= 0x3000 && point <= 0x303F) ||
           (point >= 0xFF00 && point <= 0xFF0F);
  }
  static bool quotes(uint32_t point) {
    return point == '"' || point == 0x201C || point == 0x201D || point == 0x201E || point == 0x2018 ||
           point == 0xAB || point == 0xBB;
  }

  // The code point at `i`, and its size in bytes.
  static uint32_t decode(std::string_view text, size_t i, size_t& size) {
    const auto byte = [&](size_t k) { return static_cast<uint32_t>(static_cast<uint8_t>(text[k])); };
    const uint32_t first = byte(i);
    size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (size > text.size() - i) return 0xFFFD;
    if (size == 1) return first;
    if (size == 2) return (first & 0x1F) << 6 | (byte(i + 1) & 0x3F);
    if (size == 3) return (first & 0x0F) << 12 | (byte(i + 1) & 0x3F) << 6 | (byte(i + 2) & 0x3F);
    return (first & 0x07) << 18 | (byte(i + 1) & 0x3F) << 12 | (byte(i + 2) & 0x3F) << 6 |
           (byte(i + 3) & 0x3F);
  }

  static bool letter_at(std::string_view text, size_t i) {
    if (i >= text.size()) return false;
    if (static_cast<uint8_t>(text[i]) < 0x80) return ascii_letter(text[i]);
    size_t size;
    return !separates(decode(text, i, size));
  }

  // A word that is being read.
  struct Word {
    size_t start = 0;         // of its bytes in reader.text
    int64_t begin = 0;        // of its bytes in the line
    int64_t apostrophe = -1;  // bytes before the last one, -1: none
    bool after_letter = false;
    int run = 0;  // equal ASCII letters at its end; -1: squeezed, more of them are skipped
  };

  static void letter(char c, Reader& reader, Word& word) {
    const bool again = reader.text.size() > word.start && word.run != 0 && reader.text.back() == c;
    word.after_letter = true;
    if (again && word.run < 0) return;
    if (again && word.run == 2) {
      reader.text.pop_back();
      word.run = -1;
      return;
    }
    reader.text.push_back(c);
    word.run = again ? word.run + 1 : 1;
  }

  static void add(Reader& reader, size_t start, size_t size, int64_t begin, int64_t end) {
    if (size == 0) return;
    const std::string_view text(reader.text.data() + start, size);
    reader.found.push_back(
        {static_cast<uint32_t>(start), static_cast<uint32_t>(size), fnv(text), begin, end});
  }

  static void add(Reader& reader, std::string_view text, int64_t begin, int64_t end) {
    const size_t start = reader.text.size();
    reader.text.append(text);
    add(reader, start, text.size(), begin, end);
  }

  static void finish(Reader& reader, Word& word, size_t end) {
    const size_t size = reader.text.size() - word.start;
    const auto stop = static_cast<int64_t>(end);
    if (word.apostrophe < 0) {
      add(reader, word.start, size, word.begin, stop);
    } else {
      const auto head = static_cast<size_t>(word.apostrophe);
      const std::string tail = reader.text.substr(word.start + head);
      const bool negated = tail == "t" && head > 0 && reader.text[word.start + head - 1] == 'n';
      const std::string_view spelled = negated       ? "not"
                                       : tail == "m"  ? "am"
                                       : tail == "re" ? "are"
                                       : tail == "ll" ? "will"
                                       : tail == "ve" ? "have"
                                                      : "";
      if (negated || !spelled.empty() || tail == "s" || tail == "d") {
        add(reader, word.start, negated ? head - 1 : head, word.begin, stop);
        if (!spelled.empty()) add(reader, spelled, word.begin, stop);
      } else {
        add(reader, word.start, size, word.begin, stop);
      }
    }
    word = Word();
    word.start = reader.text.size();
  }

  static void split(std::string_view line, Reader& reader) {
    Word word;
    for (size_t i = 0; i < line.size();) {
      const char c = line[i];
      const bool open = reader.text.size() > word.start;
      if (!open) word.begin = static_cast<int64_t>(i);
      if (ascii_letter(c)) {
        letter(static_cast<char>(c | 0x20), reader, word);
        i++;
        continue;
      }
      size_t size = 1;
      uint32_t point = static_cast<uint8_t>(c);
      if (point >= 0x80) {
        point = decode(line, i, size);
        if (!separates(point)) {
          reader.text.append(line.substr(i, size));
          word.after_letter = true;
          word.run = 0;
          i += size;
          continue;
        }
      }
      const bool within = word.after_letter && letter_at(line, i + size);
      const char plain = undisguised(c);
      if (plain != '\0' && within) {
        letter(plain, reader, word);
        word.after_letter = false;  // the text's own letters count, not those put in
        i++;
      } else if (c >= '0' && c <= '9') {
        reader.text.push_back(c);
        word.after_letter = false;
        word.run = 0;
        i++;
      } else if (c == '*' && open && (letter_at(line, i + 1) || (i + 1 < line.size() && line[i + 1] == '*'))) {
        reader.text.push_back(c);
        word.after_letter = false;
        word.run = 0;
        i++;
      } else if ((c == '\'' || point == 0x2019) && within) {
        word.apostrophe = static_cast<int64_t>(reader.text.size() - word.start);
        word.after_letter = false;
        word.run = 0;
        i += size;
      } else {
        if (open) finish(reader, word, i);
        word.after_letter = false;
        word.run = 0;
        const auto begin = static_cast<int64_t>(i), end = static_cast<int64_t>(i + size);
        if (quotes(point)) add(reader, "\"", begin, end);
        if (c == '?') add(reader, "?", begin, end);
        word.start = reader.text.size();
        i += size;
      }
    }
    if (reader.text.size() > word.start) finish(reader, word, line.size());
  }

  void replace(Reader& reader) const {
    std::string joined;
    for (size_t i = 0; i < reader.found.size();) {
      const PlainWord word = reader.found[i];
      const uint32_t bit = word.hash % FILTER;
      size_t length = 0;
      if ((begins_[bit / 64] >> (bit % 64) & 1) != 0) {
        if (const auto longest = longest_.find(std::string(reader.of(word))); longest != longest_.end()) {
          length = longest->second;
        }
      }
      const std::string* replacement = nullptr;
      for (length = std::min(length, reader.found.size() - i); length > 0; length--) {
        joined.assign(reader.of(word));
        for (size_t k = 1; k < length; k++) joined.append(" ").append(reader.of(reader.found[i + k]));
        if (const auto found = replacements_.find(joined); found != replacements_.end()) {
          replacement = &found->second;
          break;
        }
      }
      if (replacement == nullptr) {
        reader.words.push_back(word);
        i++;
        continue;
      }
      const int64_t end = reader.found[i + length - 1].end;
      i += length;
      if (!reader.words.empty() && reader.of(reader.words.back()) == *replacement) {  // said once
        reader.words.back().end = end;
        continue;
      }
      for (size_t from = 0; from < replacement->size();) {
        const size_t to = std::min(replacement->find(' ', from), replacement->size());
        const std::string_view text = std::string_view(*replacement).substr(from, to - from);
        reader.words.push_back({static_cast<uint32_t>(reader.text.size()),
                                static_cast<uint32_t>(text.size()), fnv(text), word.begin, end});
        reader.text.append(text);
        from = to + 1;
      }
    }
  }

  std::unordered_map<std::string, size_t> longest_;  // by first word, the words of the longest phrase
  std::unordered_map<std::string, std::string> replacements_;
  std::vector<uint64_t> begins_;
};
