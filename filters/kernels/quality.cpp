// The four quality families over a batch of documents, one pass per document: filters/quality.py calls it.
//
// The words of a document are split once (splitter.h); every statistic of the requested families is computed from them,
// its lines and its characters. The meaning of each column is in filters/gopher_quality.py, gopher_repetition.py,
// c4_quality.py and fineweb_quality.py; plain Python twins are in tests/naive.py.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>

#include "phrases.h"
#include "repetition.h"

namespace py = pybind11;
using namespace evenhand;

namespace {

enum Family : int { GOPHER_QUALITY = 1, GOPHER_REPETITION = 2, C4_QUALITY = 4, FINEWEB_QUALITY = 8 };

// Columns of the result. The order is that of SIGNALS in the modules of the families.
enum Column : int {
    WORDS, MEAN_WORD_LENGTH, HASH_RATIO, ELLIPSIS_RATIO, BULLET_LINES, ELLIPSIS_LINES, LETTER_WORDS, STOP_WORDS,
    CHARACTERS, DUPLICATE_PARAGRAPHS, DUPLICATE_PARAGRAPH_CHARS, DUPLICATE_LINES, DUPLICATE_LINE_CHARS,
    TOP_2, TOP_3, TOP_4, DUPLICATE_5, DUPLICATE_6, DUPLICATE_7, DUPLICATE_8, DUPLICATE_9, DUPLICATE_10,
    C4_LINES_DROPPED, C4_CITATIONS, C4_LOREM_LINES, C4_BRACKET_LINES, C4_SENTENCES,
    FINEWEB_LINES, PUNCTUATED_LINES, SHORT_LINES, DUPLICATE_CHARS, NEWLINES_PER_WORD,
    COLUMNS
};

// What a language lends to the rules.
struct Profile {
    bool spaces = true;          // words stand between spaces
    bool sentence_marks = true;  // sentences end with a mark
    bool stop_words = false;
    bool terminal = false;       // the closing marks of its lines are known
    HashTable stop_word_numbers;
    uint64_t stop_word_sieve = 0;  // bits by the highest six of their hashes
    std::vector<std::string> closing;  // marks that may end a line for C4
};

struct C4Options {
    bool require_terminal = false, citations = true, javascript = true, policy = true;
    int64_t min_words = 3, max_word_length = 1000;  // -1: off
};

struct Edit {
    int64_t start, end;  // characters
    uint8_t kind;        // 0: C4_CITATION, 1: C4_LINE
};

constexpr int32_t LARGE = 4 << 20;  // bytes

// Space for one thread's work, reused from document to document.
struct Workspace {
    Words words, line_words;
    Repetition repetition;
    FirstSeen seen;
    std::vector<PhraseHit> hits, line_hits;
    std::vector<uint32_t> line_starts, line_ends;
    std::vector<uint64_t> line_hashes;
    std::string scratch;
};

// One document and what is known of it at once.
struct Document {
    const uint8_t* text;
    uint32_t size;
    bool spaces = true;       // words stand between spaces
    bool ascii = true;
    bool plain_lines = true;  // "\n" is the only line break in it
    bool kelvin = false;      // holds U+212A, which is "k" in lower case
    int64_t chars = 0, newlines = 0, hashes = 0, dots = 0, brackets = 0, curly = 0;
};

Document look(const uint8_t* text, uint32_t size) {
    Document d{text, size};
    uint64_t chars = 0, newlines = 0, hashes = 0, dots = 0, brackets = 0, curly = 0;
    uint8_t high = 0, odd = 0;
    for (uint32_t i = 0; i < size;) {
        // Blocks short enough for counters of eight bits, so that the loop is made of byte vectors.
        uint32_t stop = std::min(size, i + 192);
        uint8_t c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0;
        for (; i < stop; ++i) {
            uint8_t c = text[i];
            c0 = uint8_t(c0 + ((c & 0xC0) != 0x80));
            c1 = uint8_t(c1 + (c == '\n'));
            c2 = uint8_t(c2 + (c == '#'));
            c3 = uint8_t(c3 + (c == '.'));
            c4 = uint8_t(c4 + (c == '['));
            c5 = uint8_t(c5 + (c == '{'));
            high |= c;
            odd |= uint8_t((c == 0x0B) | (c == 0x0C) | (c == 0x0D) | (c == 0x1C) | (c == 0x1D) | (c == 0x1E));
        }
        chars += c0;
        newlines += c1;
        hashes += c2;
        dots += c3;
        brackets += c4;
        curly += c5;
    }
    d.chars = int64_t(chars);
    d.newlines = int64_t(newlines);
    d.hashes = int64_t(hashes);
    d.dots = int64_t(dots);
    d.brackets = int64_t(brackets);
    d.curly = int64_t(curly);
    d.ascii = high < 0x80;
    d.plain_lines = !odd;
    if (!d.ascii)
        for (uint32_t i = 0; i + 1 < size; ++i) {
            if (text[i] == 0xC2 && text[i + 1] == 0x85) d.plain_lines = false;
            if (text[i] == 0xE2 && i + 2 < size) {
                if (text[i + 1] == 0x80 && (text[i + 2] == 0xA8 || text[i + 2] == 0xA9)) d.plain_lines = false;
                if (text[i + 1] == 0x84 && text[i + 2] == 0xAA) d.kelvin = true;
            }
        }
    return d;
}

bool starts_with(const uint8_t* p, const uint8_t* end, const char* mark, size_t n) {
    return size_t(end - p) >= n && !std::memcmp(p, mark, n);
}

bool ends_with(const uint8_t* p, const uint8_t* end, const char* mark, size_t n) {
    return size_t(end - p) >= n && !std::memcmp(end - n, mark, n);
}

class Kernel {
   public:
    Kernel(const std::map<std::string, std::vector<uint32_t>>& classes, const std::vector<std::string>& exceptions,
           const std::vector<std::string>& units, const std::vector<std::string>& currencies) {
        for (int bit = 0; bit < CLASS_COUNT; ++bit) {
            const auto& bounds = classes.at(CLASS_NAMES[bit]);
            for (size_t i = 0; i + 1 < bounds.size(); i += 2) characters_.add(bounds[i], bounds[i + 1], 1u << bit);
        }
        characters_.freeze();
        splitter_.characters = characters_;
        for (const auto& pieces : exceptions) splitter_.add_exception(pieces);
        for (const auto& unit : units) splitter_.add_unit(unit);
        for (const auto& mark : currencies) splitter_.add_currency(mark);
        splitter_.freeze();
    }

    // Adds a language; returns its number.
    int add_profile(bool spaces, bool sentence_marks, const std::vector<std::string>& stop_words,
                    const std::vector<std::string>& closing) {
        Profile profile;
        profile.spaces = spaces;
        profile.sentence_marks = sentence_marks;
        profile.stop_words = !stop_words.empty();
        profile.terminal = !closing.empty();
        profile.closing = closing;
        if (stop_words.size() > 32) throw std::invalid_argument("more than 32 stop words");
        std::vector<uint64_t> hashes;
        for (const std::string& word : stop_words) {
            const Text text{std::string_view(word)};
            hashes.push_back(hash_word(text.data, text.size, text.limit));
            profile.stop_word_sieve |= 1ull << (hashes.back() >> 58);
        }
        profile.stop_word_numbers.build(hashes);
        profiles_.push_back(std::move(profile));
        return int(profiles_.size()) - 1;
    }

    // Bounds of the words of a text, in bytes.
    std::vector<std::pair<uint32_t, uint32_t>> words(const std::string& text) const {
        Words words;
        splitter_.split(Text{std::string_view(text)}, words);
        std::vector<std::pair<uint32_t, uint32_t>> bounds;
        for (const Word& word : words.list) bounds.emplace_back(word.start, word.end);
        return bounds;
    }

    // Sentences of a text.
    int64_t sentences(const std::string& text) const {
        Words words;
        splitter_.split(Text{std::string_view(text)}, words);
        return count_sentences(words.list, 0, words.list.size(), words.trailing_space_token);
    }

    py::tuple measure(py::array_t<int32_t, py::array::c_style> offsets, py::array_t<uint8_t, py::array::c_style> data,
                      py::array_t<int16_t, py::array::c_style> profiles, int families, bool require_terminal,
                      bool citations, bool javascript, bool policy, int64_t min_words, int64_t max_word_length,
                      int64_t short_line, bool exclude_zero) const {
        const size_t n = size_t(profiles.size());
        if (size_t(offsets.size()) != n + 1) throw std::invalid_argument("offsets must be one longer than profiles");
        py::array_t<double> values({size_t(COLUMNS), n});
        std::vector<int32_t> edit_offsets(n + 1, 0);
        std::vector<Edit> edits;
        double* out = values.mutable_data();
        const int32_t* at = offsets.data();
        const uint8_t* bytes = data.data();
        const size_t data_size = size_t(data.size());
        const int16_t* profile = profiles.data();
        C4Options options{require_terminal, citations, javascript, policy, min_words, max_word_length};
        {
            py::gil_scoped_release release;
            std::fill(out, out + size_t(COLUMNS) * n, std::numeric_limits<double>::quiet_NaN());
            thread_local Workspace space;
            for (size_t row = 0; row < n; ++row) {
                if (profile[row] >= 0)
                    document(Text(bytes + at[row], uint32_t(at[row + 1] - at[row]), bytes + data_size),
                             profiles_[size_t(profile[row])], families, options, short_line, exclude_zero, space,
                             out + row, n, edits);
                edit_offsets[row + 1] = int32_t(edits.size());
                if (at[row + 1] - at[row] > LARGE) space = Workspace();  // do not hold on to its memory
            }
        }
        py::array_t<int64_t> starts(edits.size()), ends(edits.size());
        py::array_t<int8_t> kinds(edits.size());
        for (size_t i = 0; i < edits.size(); ++i) {
            starts.mutable_data()[i] = edits[i].start;
            ends.mutable_data()[i] = edits[i].end;
            kinds.mutable_data()[i] = int8_t(edits[i].kind);
        }
        return py::make_tuple(values, py::array_t<int32_t>(edit_offsets.size(), edit_offsets.data()), kinds, starts,
                              ends);
    }

   private:
    void document(const Text& text, const Profile& profile, int families, const C4Options& options,
                  int64_t short_line, bool exclude_zero, Workspace& space, double* out, size_t stride,
                  std::vector<Edit>& edits) const {
        const uint32_t size = text.size;
        Document d = look(text.data, size);
        d.spaces = profile.spaces || !mostly_alone(text.data, text.data + size);
        auto set = [&](Column column, double value) { out[size_t(column) * stride] = value; };
        if (d.spaces)
            splitter_.split(text, space.words);
        else
            space.words.list.clear();
        if (families & (GOPHER_QUALITY | C4_QUALITY)) find_lines(d, space);
        if (families & GOPHER_QUALITY) gopher_quality(d, profile, space, set);
        if (families & C4_QUALITY) c4_quality(d, profile, options, space, set, edits);
        if (families & GOPHER_REPETITION) {
            set(CHARACTERS, double(d.chars));
            if (size) paragraphs(d, space, set);
            if (size && d.spaces) {
                int64_t top[3], duplicate[6];
                space.repetition.top(space.words.list, top);
                for (int i = 0; i < 3; ++i)
                    if (top[i] >= 0) set(Column(TOP_2 + i), double(top[i]) / double(d.chars));
                space.repetition.duplicates(text.data, space.words.list, duplicate);
                for (int i = 0; i < 6; ++i) set(Column(DUPLICATE_5 + i), double(duplicate[i]) / double(d.chars));
            }
        }
        if (families & (GOPHER_REPETITION | FINEWEB_QUALITY))
            newline_lines(d, profile, families, short_line, exclude_zero, space, set);
    }

    // Whether at least half of the letters are of a script without spaces between words. Language identification errs on
    // short and odd texts, and takes English for Chinese.
    bool mostly_alone(const uint8_t* p, const uint8_t* end) const {
        int64_t balance = 0;
        for (uint32_t length; p < end; p += length) {
            const uint32_t classes = characters_.of(decode(p, length));
            if (classes & LETTER) balance += classes & ALONE ? 1 : -1;
        }
        return balance >= 0;
    }

    // --- Gopher quality ---

    template <class Set>
    void gopher_quality(const Document& d, const Profile& profile, Workspace& space, Set set) const {
        const std::vector<Word>& words = space.words.list;
        if (d.spaces) {
            int64_t count = int64_t(words.size()), real = 0, length = 0, lettered = 0;
            uint32_t found = 0;
            for (const Word& word : words) {
                const uint32_t counts = word.flags & NOT_SYMBOL;  // 0 or 1
                real += counts;
                length += counts * word.chars;
                lettered += (word.flags & HAS_LETTER) != 0;
                if (!(profile.stop_word_sieve >> (word.hash >> 58) & 1)) continue;
                const uint32_t number = profile.stop_word_numbers.find(word.hash);
                if (number != HashTable::NONE) found |= 1u << number;
            }
            set(WORDS, double(real));
            if (real) set(MEAN_WORD_LENGTH, double(length) / double(real));
            if (count) {
                set(HASH_RATIO, double(d.hashes) / double(count));
                set(ELLIPSIS_RATIO, double(ellipses(d)) / double(count));
                set(LETTER_WORDS, double(lettered) / double(count));
            }
            if (profile.stop_words) set(STOP_WORDS, double(__builtin_popcount(found)));
        }
        size_t lines = space.line_starts.size();
        if (!lines) return;
        int64_t bullets = 0, trailing = 0;
        for (size_t i = 0; i < lines; ++i) {
            const uint8_t *p = d.text + space.line_starts[i], *end = d.text + space.line_ends[i];
            strip(p, end);
            bullets += p < end && (*p == '-' || starts_with(p, end, "\xE2\x80\xA2", 3));
            trailing += ends_with(p, end, "...", 3) || ends_with(p, end, "\xE2\x80\xA6", 3);
        }
        set(BULLET_LINES, double(bullets) / double(lines));
        set(ELLIPSIS_LINES, double(trailing) / double(lines));
    }

    // Non-overlapping "..." and "…".
    static int64_t ellipses(const Document& d) {
        int64_t count = 0;
        if (d.dots >= 3) {
            const uint8_t *p = d.text, *end = d.text + d.size;
            while (p < end && (p = static_cast<const uint8_t*>(std::memchr(p, '.', size_t(end - p))))) {
                const uint8_t* run = p;
                while (p < end && *p == '.') ++p;
                count += (p - run) / 3;
            }
        }
        if (!d.ascii)
            for (uint32_t i = 0; i + 2 < d.size; ++i)
                count += d.text[i] == 0xE2 && d.text[i + 1] == 0x80 && d.text[i + 2] == 0xA6;
        return count;
    }

    // --- lines ---

    // Lines as Python's `splitlines` gives them.
    void find_lines(const Document& d, Workspace& space) const {
        space.line_starts.clear();
        space.line_ends.clear();
        auto line = [&](uint32_t from, uint32_t to) {
            space.line_starts.push_back(from);
            space.line_ends.push_back(to);
        };
        uint32_t from = 0;
        if (d.plain_lines) {
            while (from < d.size) {
                auto* p = static_cast<const uint8_t*>(std::memchr(d.text + from, '\n', d.size - from));
                uint32_t to = p ? uint32_t(p - d.text) : d.size;
                line(from, to);
                from = to + 1;
            }
            return;
        }
        for (uint32_t i = 0; i < d.size;) {
            uint32_t length = line_break(d, i);
            if (!length) {
                ++i;
                continue;
            }
            line(from, i);
            i += length;
            from = i;
        }
        if (from < d.size) line(from, d.size);
    }

    // Bytes of the line break at i, 0 where there is none.
    static uint32_t line_break(const Document& d, uint32_t i) {
        const uint8_t* p = d.text + i;
        uint32_t left = d.size - i;
        switch (p[0]) {
            case '\r':
                return left > 1 && p[1] == '\n' ? 2 : 1;
            case '\n':
            case 0x0B:
            case 0x0C:
            case 0x1C:
            case 0x1D:
            case 0x1E:
                return 1;
            case 0xC2:
                return left > 1 && p[1] == 0x85 ? 2 : 0;
            case 0xE2:
                return left > 2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9) ? 3 : 0;
            default:
                return 0;
        }
    }

    bool is_space(const uint8_t* p, uint32_t& length) const {
        if (*p < 0x80) {
            length = 1;
            return characters_.ascii[*p] & SPACE;
        }
        return characters_.of(decode(p, length)) & SPACE;
    }

    // Moves both ends inwards over white space.
    void strip(const uint8_t*& p, const uint8_t*& end) const {
        uint32_t length;
        while (p < end && is_space(p, length)) p += length;
        while (p < end) {
            const uint8_t* last = before(end);
            if (!is_space(last, length)) break;
            end = last;
        }
    }

    // --- C4 ---

    template <class Set>
    void c4_quality(const Document& d, const Profile& profile, const C4Options& options, Workspace& space, Set set,
                    std::vector<Edit>& edits) const {
        const std::vector<Word>& words = space.words.list;
        const size_t first_edit = edits.size();
        space.hits.clear();
        if (!d.kelvin) find_phrases(d.text, d.size, space.hits);
        std::sort(space.hits.begin(), space.hits.end(),
                  [](const PhraseHit& a, const PhraseHit& b) { return a.start < b.start; });
        const PhraseHit *hit = space.hits.data(), *hits_end = hit + space.hits.size();
        int64_t dropped = 0, cited = 0, lorem = 0, curly = 0, sentences = 0;
        size_t word = 0;
        uint32_t counted = 0;   // bytes before it hold
        int64_t counted_chars = 0;  // this many characters
        auto chars_at = [&](uint32_t byte) {
            if (d.ascii) return int64_t(byte);
            if (byte < counted)  // back to the start of a line whose citations were edits before it was dropped
                counted_chars -= int64_t(count_characters(d.text + byte, d.text + counted));
            else
                counted_chars += int64_t(count_characters(d.text + counted, d.text + byte));
            counted = byte;
            return counted_chars;
        };
        const size_t lines = space.line_starts.size();
        for (size_t i = 0; i < lines; ++i) {
            const uint32_t from = space.line_starts[i], next = i + 1 < lines ? space.line_starts[i + 1] : d.size;
            const uint8_t *p = d.text + from, *end = d.text + space.line_ends[i];
            strip(p, end);
            const size_t first_word = word;
            while (word < words.size() && words[word].start < space.line_ends[i]) ++word;
            const PhraseHit* first_hit = hit;
            while (hit < hits_end && hit->start < space.line_ends[i]) ++hit;
            const size_t citation_edit = edits.size();

            // The line without its citation marks.
            bool changed = false;
            if (options.citations && d.brackets)
                changed = remove_citations(p, end, d.text, space.scratch, edits, chars_at);
            const size_t marks = edits.size() - citation_edit;
            const uint8_t *q = p, *q_end = end;
            const PhraseHit *line_hit = first_hit, *line_hit_end = hit;
            if (changed || d.kelvin) {
                if (!changed) space.scratch.assign(p, end);
                q = reinterpret_cast<const uint8_t*>(space.scratch.data());
                q_end = q + space.scratch.size();
                space.line_hits.clear();
                search_lowered(q, q_end, d.kelvin, space.line_hits);
                line_hit = space.line_hits.data();
                line_hit_end = line_hit + space.line_hits.size();
            }

            bool drop = d.spaces && end - p > options.max_word_length && options.max_word_length >= 0 &&
                        long_word(words, first_word, word, options.max_word_length);
            if (!drop && options.require_terminal && profile.terminal) drop = !closed(q, q_end, profile);
            if (!drop && d.spaces && options.min_words >= 0)
                drop = few_words(words, first_word, word, options.min_words);
            else if (!drop && !d.spaces)
                drop = p == end;  // an empty line holds no words in any language
            if (!drop) {
                bool has[3] = {};
                for (const PhraseHit* h = line_hit; h < line_hit_end; ++h) has[h->kind] = true;
                lorem += has[LOREM_IPSUM];
                drop = has[JAVASCRIPT] && options.javascript;
                if (!drop) {
                    curly += d.curly && std::memchr(q, '{', size_t(q_end - q)) != nullptr;
                    drop = has[POLICY] && options.policy;
                }
            }
            if (drop) {
                ++dropped;
                edits.resize(citation_edit);
                int64_t start = chars_at(from), stop = chars_at(next);
                if (edits.size() > first_edit && edits.back().kind == 1 && edits.back().end == start)
                    edits.back().end = stop;
                else
                    edits.push_back({start, stop, 1});
                continue;
            }
            cited += int64_t(marks);
            if (d.spaces && !changed)
                sentences += count_sentences(words, first_word, word, false);
            else if (d.spaces) {
                splitter_.split(Text(q, uint32_t(q_end - q), q_end), space.line_words);
                sentences += count_sentences(space.line_words.list, 0, space.line_words.list.size(),
                                             space.line_words.trailing_space_token);
            } else
                sentences += count_marks(q, q_end);
        }
        close_last_line(d, space, edits, first_edit);
        set(C4_LINES_DROPPED, double(dropped));
        set(C4_CITATIONS, double(cited));
        set(C4_LOREM_LINES, double(lorem));
        set(C4_BRACKET_LINES, double(curly));
        if (d.spaces || profile.sentence_marks) set(C4_SENTENCES, double(sentences));
    }

    // Where the last lines are dropped and the text does not end with a line break, the break before them goes, too.
    void close_last_line(const Document& d, const Workspace& space, std::vector<Edit>& edits, size_t first_edit) const {
        if (edits.size() == first_edit || edits.back().kind != 1 || edits.back().end != d.chars) return;
        if (space.line_ends.back() != d.size || edits.back().start == 0) return;
        int64_t start = edits.back().start;
        // The line break before it: "\r\n" is two characters, any other one.
        const uint8_t* p = d.text;
        if (d.ascii)
            p += start;
        else
            for (int64_t k = 0; k < start; ++k) {
                ++p;
                while ((*p & 0xC0) == 0x80) ++p;
            }
        edits.back().start -= p - d.text >= 2 && p[-1] == '\n' && p[-2] == '\r' ? 2 : 1;
    }

    // Copies [p, end) without "[12]", "[edit]" and "[citation needed]" to `line`; false: there is none.
    template <class CharsAt>
    bool remove_citations(const uint8_t* p, const uint8_t* end, const uint8_t* text, std::string& line,
                          std::vector<Edit>& edits, CharsAt& chars_at) const {
        line.clear();
        const uint8_t* copied = p;
        bool changed = false;
        for (const uint8_t* q = p; q < end && (q = static_cast<const uint8_t*>(std::memchr(q, '[', size_t(end - q))));) {
            const uint8_t* stop = q + 1;
            uint32_t length;
            while (stop < end && (characters_.of(decode(stop, length)) & DECIMAL)) stop += length;
            if (stop < end && *stop == ']')
                ++stop;
            else if (starts_with(q, end, "[edit]", 6))
                stop = q + 6;
            else if (starts_with(q, end, "[citation needed]", 17))
                stop = q + 17;
            else {
                ++q;
                continue;
            }
            changed = true;
            line.append(copied, q);
            int64_t start = chars_at(uint32_t(q - text));
            edits.push_back({start, chars_at(uint32_t(stop - text)), 0});
            copied = q = stop;
        }
        if (changed) line.append(copied, end);
        return changed;
    }

    static void search_lowered(const uint8_t* p, const uint8_t* end, bool kelvin, std::vector<PhraseHit>& hits) {
        std::string lowered(p, end);
        if (kelvin)
            for (size_t k; (k = lowered.find("\xE2\x84\xAA")) != std::string::npos;) lowered.replace(k, 3, "k");
        find_phrases(reinterpret_cast<const uint8_t*>(lowered.data()), uint32_t(lowered.size()), hits);
    }

    // Whether a run of other than white space in words[first, last) is longer than allowed.
    static bool long_word(const std::vector<Word>& words, size_t first, size_t last, int64_t most) {
        int64_t length = 0;
        for (size_t i = first; i < last; ++i) {
            length = words[i].flags & GLUED ? length + words[i].chars : words[i].chars;
            if (length > most) return true;
        }
        return false;
    }

    static bool few_words(const std::vector<Word>& words, size_t first, size_t last, int64_t least) {
        int64_t count = 0;
        for (size_t i = first; i < last && count < least; ++i) count += !(words[i].flags & GLUED);
        return count < least;
    }

    static bool closed(const uint8_t* p, const uint8_t* end, const Profile& profile) {
        if (ends_with(p, end, "...", 3)) return false;
        for (const std::string& mark : profile.closing)
            if (ends_with(p, end, mark.data(), mark.size())) return true;
        return false;
    }

    // Sentences in words[first, last), as spaCy's sentencizer counts them: one begins at every word after an end of
    // sentence that is no mark itself. White-space tokens are no marks.
    static int64_t count_sentences(const std::vector<Word>& words, size_t first, size_t last, bool trailing_space) {
        int64_t count = 1;
        bool ended = false;
        for (size_t i = first; i < last; ++i) {
            const uint32_t flags = words[i].flags;
            if (ended && i > first && (flags & SPACE_TOKEN)) {
                ++count;
                ended = false;
            }
            if (flags & ENDS_SENTENCE)
                ended = true;
            else if (ended && !(flags & ALL_MARKS)) {
                ++count;
                ended = false;
            }
        }
        return count + (ended && trailing_space);
    }

    // Sentences of a script without spaces: ends of sentences with something other than marks before the next.
    int64_t count_marks(const uint8_t* p, const uint8_t* end) const {
        int64_t count = 1;
        bool ended = false;
        for (uint32_t length; p < end; p += length) {
            uint32_t classes = characters_.of(decode(p, length));
            if (classes & SENTENCE)
                ended = true;
            else if (ended && !(classes & (PUNCTUATION | SPACE))) {
                ++count;
                ended = false;
            }
        }
        return count;
    }

    // --- paragraphs and lines between "\n" ---

    template <class Set>
    void paragraphs(const Document& d, Workspace& space, Set set) const {
        const uint8_t *p = d.text, *end = d.text + d.size;
        strip(p, end);
        int64_t total = 0, repeated = 0, chars = 0;
        space.line_hashes.clear();
        space.seen.reset(size_t(d.newlines) / 2 + 2);
        while (true) {
            const uint8_t* stop = p;
            while (stop < end) {
                stop = static_cast<const uint8_t*>(std::memchr(stop, '\n', size_t(end - stop)));
                if (!stop) stop = end;
                if (stop == end || stop[1] == '\n') break;  // the stripped text ends with no "\n"
                ++stop;
            }
            const uint64_t h = hash_long(p, size_t(stop - p));
            space.line_hashes.push_back(h);
            if (space.seen.find_or_add(h, uint32_t(total), [&](uint32_t k) { return space.line_hashes[k] == h; }) !=
                uint32_t(total)) {
                ++repeated;
                chars += d.ascii ? stop - p : int64_t(count_characters(p, stop));
            }
            ++total;
            if (stop == end) break;
            p = stop;
            while (p < end && *p == '\n') ++p;
        }
        set(DUPLICATE_PARAGRAPHS, double(repeated) / double(total));
        set(DUPLICATE_PARAGRAPH_CHARS, double(chars) / double(d.chars));
    }

    template <class Set>
    void newline_lines(const Document& d, const Profile& profile, int families, int64_t short_line, bool exclude_zero,
                       Workspace& space, Set set) const {
        int64_t lines = 0, repeated = 0, repeated_chars = 0;  // Gopher: without empty lines but at the ends
        int64_t filled = 0, closed = 0, brief = 0, filled_repeated_chars = 0;  // FineWeb: with something in them
        bool first_empty = false, last_empty = false;
        space.line_hashes.clear();
        space.seen.reset(size_t(d.newlines) + 2);
        const uint8_t *p = d.text, *end = d.text + d.size;
        for (bool more = true; more;) {
            auto* stop = p < end ? static_cast<const uint8_t*>(std::memchr(p, '\n', size_t(end - p))) : nullptr;
            more = stop != nullptr;
            if (!more) stop = end;
            if (p == stop) {
                first_empty |= p == d.text;
                last_empty |= stop == end;
                p = stop + 1;
                continue;
            }
            const uint64_t h = hash_long(p, size_t(stop - p));
            const uint32_t number = uint32_t(lines);
            space.line_hashes.push_back(h);
            bool fresh = space.seen.find_or_add(h, number, [&](uint32_t k) { return space.line_hashes[k] == h; }) ==
                         number;
            const int64_t chars = d.ascii ? stop - p : int64_t(count_characters(p, stop));
            ++lines;
            if (!fresh) {
                ++repeated;
                repeated_chars += chars;
            }
            const uint8_t *q = p, *q_end = stop;
            strip(q, q_end);
            if (q < q_end) {
                ++filled;
                brief += chars <= short_line;
                uint32_t length;
                closed += (characters_.of(decode(before(stop), length)) & TERMINAL) != 0;
                filled_repeated_chars += fresh ? 0 : chars;
            }
            p = stop + 1;
        }
        if ((families & GOPHER_REPETITION) && d.size) {
            // A text that begins or ends with "\n" has an empty line there; two of them are one line twice.
            const int64_t total = lines + first_empty + last_empty;
            set(DUPLICATE_LINES, double(repeated + (first_empty && last_empty)) / double(total));
            set(DUPLICATE_LINE_CHARS, double(repeated_chars) / double(d.chars));
        }
        if (families & FINEWEB_QUALITY) {
            set(FINEWEB_LINES, double(filled));
            if (!filled) return;
            if (profile.terminal && !(exclude_zero && !closed)) set(PUNCTUATED_LINES, double(closed) / double(filled));
            if (d.spaces) set(SHORT_LINES, double(brief) / double(filled));
            set(DUPLICATE_CHARS, double(filled_repeated_chars) / double(d.chars - d.newlines));
            const size_t words = space.words.list.size();
            if (words) set(NEWLINES_PER_WORD, double(d.newlines) / double(words));
        }
    }

    Characters characters_;
    Splitter splitter_;
    std::vector<Profile> profiles_;
};

}  // namespace

PYBIND11_MODULE(quality, m) {
    m.doc() = "Statistics of the four quality families, one pass per document.";
    py::class_<Kernel>(m, "Kernel")
        .def(py::init<const std::map<std::string, std::vector<uint32_t>>&, const std::vector<std::string>&,
                      const std::vector<std::string>&, const std::vector<std::string>&>(),
             py::arg("classes"), py::arg("exceptions"), py::arg("units"), py::arg("currencies"))
        .def("add_profile", &Kernel::add_profile, py::kw_only(), py::arg("spaces"), py::arg("sentence_marks"),
             py::arg("stop_words"), py::arg("closing"))
        .def("words", &Kernel::words, py::arg("text"))
        .def("sentences", &Kernel::sentences, py::arg("text"))
        .def("measure", &Kernel::measure, py::arg("offsets"), py::arg("data"), py::arg("profiles"), py::kw_only(),
             py::arg("families"), py::arg("require_terminal"), py::arg("citations"), py::arg("javascript"),
             py::arg("policy"), py::arg("min_words"), py::arg("max_word_length"), py::arg("short_line"),
             py::arg("exclude_zero"));
}
