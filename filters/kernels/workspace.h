// What a document is measured with: the language's share of the rules, and space to work in.
#pragma once

#include <string>
#include <vector>

#include "first_seen.h"
#include "phrases.h"
#include "repetition.h"
#include "splitter.h"

namespace evenhand {

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

}  // namespace evenhand
