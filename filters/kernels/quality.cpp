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

#include "c4.h"
#include "document.h"
#include "workspace.h"

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
        if (families & (GOPHER_QUALITY | C4_QUALITY)) find_lines(d, space.line_starts, space.line_ends);
        if (families & GOPHER_QUALITY) gopher_quality(d, profile, space, set);
        if (families & C4_QUALITY) {
            const C4Counts counts = C4(characters_, splitter_).measure(d, profile, options, space, edits);
            set(C4_LINES_DROPPED, double(counts.dropped));
            set(C4_CITATIONS, double(counts.cited));
            set(C4_LOREM_LINES, double(counts.lorem));
            set(C4_BRACKET_LINES, double(counts.curly));
            if (d.spaces || profile.sentence_marks) set(C4_SENTENCES, double(counts.sentences));
        }
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

    // Whether at least half of the letters are of a script without spaces between words. Language identification errs
    // on short and odd texts, and takes English for Chinese.
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
            strip(characters_, p, end);
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

    // --- paragraphs and lines between "\n" ---

    template <class Set>
    void paragraphs(const Document& d, Workspace& space, Set set) const {
        const uint8_t *p = d.text, *end = d.text + d.size;
        strip(characters_, p, end);
        int64_t total = 0, repeated = 0, chars = 0;
        space.line_hashes.clear();
        space.seen.reset(size_t(d.newlines) / 2 + 2, size_t(d.newlines) + 2);
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
        space.seen.reset(size_t(d.newlines) + 2, size_t(d.newlines) + 2);
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
            strip(characters_, q, q_end);
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
