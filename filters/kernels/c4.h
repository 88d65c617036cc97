// C4's rules (Raffel et al. 2020, section 2.2): lines and citation marks that go, sentences of what stays.
#pragma once

#include <algorithm>
#include <string>

#include "document.h"
#include "workspace.h"

namespace evenhand {

struct C4Options {
    bool require_terminal = false, citations = true, javascript = true, policy = true;
    int64_t min_words = 3, max_word_length = 1000;  // -1: off
};

struct Edit {
    int64_t start, end;  // characters
    uint8_t kind;        // 0: C4_CITATION, 1: C4_LINE
};

struct C4Counts {
    int64_t dropped = 0, cited = 0, lorem = 0, curly = 0, sentences = 0;
};

// Sentences in words[first, last), as spaCy's sentencizer counts them: one begins at every word after an end of
// sentence that is no mark itself. White-space tokens are no marks.
inline int64_t count_sentences(const std::vector<Word>& words, size_t first, size_t last, bool trailing_space) {
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

class C4 {
   public:
    C4(const Characters& characters, const Splitter& splitter) : characters_(characters), splitter_(splitter) {}

    // Measures a document and appends its edits.
    C4Counts measure(const Document& d, const Profile& profile, const C4Options& options, Workspace& space,
                     std::vector<Edit>& edits) const {
        const std::vector<Word>& words = space.words.list;
        const size_t first_edit = edits.size();
        space.hits.clear();
        if (!d.kelvin) find_phrases(d.text, d.size, space.hits);
        std::sort(space.hits.begin(), space.hits.end(),
                  [](const PhraseHit& a, const PhraseHit& b) { return a.start < b.start; });
        const PhraseHit *hit = space.hits.data(), *hits_end = hit + space.hits.size();
        C4Counts counts;
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
            strip(characters_, p, end);
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
                counts.lorem += has[LOREM_IPSUM];
                drop = has[JAVASCRIPT] && options.javascript;
                if (!drop) {
                    counts.curly += d.curly && std::memchr(q, '{', size_t(q_end - q)) != nullptr;
                    drop = has[POLICY] && options.policy;
                }
            }
            if (drop) {
                ++counts.dropped;
                edits.resize(citation_edit);
                int64_t start = chars_at(from), stop = chars_at(next);
                if (edits.size() > first_edit && edits.back().kind == 1 && edits.back().end == start)
                    edits.back().end = stop;
                else
                    edits.push_back({start, stop, 1});
                continue;
            }
            counts.cited += int64_t(marks);
            if (d.spaces && !changed)
                counts.sentences += count_sentences(words, first_word, word, false);
            else if (d.spaces) {
                splitter_.split(Text(q, uint32_t(q_end - q), q_end), space.line_words);
                counts.sentences += count_sentences(space.line_words.list, 0, space.line_words.list.size(),
                                             space.line_words.trailing_space_token);
            } else
                counts.sentences += count_marks(q, q_end);
        }
        close_last_line(d, space, edits, first_edit);
        return counts;
    }

   private:
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

    const Characters& characters_;
    const Splitter& splitter_;
};

}  // namespace evenhand
