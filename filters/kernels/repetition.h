// Repetition statistics of Gopher (Rae et al. 2021, table A1), as datatrove computes them.
//
// Few runs of words occur twice, so most are told apart by something cheap: runs of three and four words are looked up
// only where the runs of two in them repeat; runs of five to ten words, which are compared by their joined letters,
// only where their first 16 and 32 bytes also stand at the start of another word, or where they are shorter than that.
#pragma once

#include <numeric>
#include <vector>

#include "first_seen.h"
#include "splitter.h"

namespace evenhand {

class Repetition {
   public:
    // Characters of the most frequent n-gram (joined by spaces) times its count, for n = 2, 3, 4; -1 where there is
    // none. Of equally frequent ones the first counts.
    void top(const std::vector<Word>& words, int64_t (&result)[3]) {
        const size_t n = words.size();
        chars_.resize(n + 1);
        chars_[0] = 0;
        for (size_t i = 0; i < n; ++i) chars_[i + 1] = chars_[i] + words[i].chars;
        first_.resize(n);
        next_.resize(n);
        counts_.resize(n);
        places_.resize(n);
        std::iota(places_.begin(), places_.end(), 0u);
        hashes_.assign(n + AHEAD, 0);
        for (size_t i = 0; i + 1 < n; ++i) hashes_[i] = mix(words[i].hash * ODD + words[i + 1].hash);
        result[0] = tally(
            2, n,
            [&](uint32_t i) {
                seen_.prefetch(hashes_[i + AHEAD]);
                return hashes_[i];
            },
            [&](uint32_t i, uint32_t k) {
                return words[k].hash == words[i].hash && words[k + 1].hash == words[i + 1].hash;
            });
        for (size_t size : {3, 4})  // an n-gram is a pair of (n-1)-grams, known by where they stood first
            result[size - 2] = tally(
                size, n, [&](uint32_t i) { return mix(uint64_t(first_[i]) << 32 | first_[i + 1]); },
                [&](uint32_t i, uint32_t k) { return first_[k] == first_[i] && first_[k + 1] == first_[i + 1]; });
    }

    // Characters in n-grams that were seen before, for n = 5..10: from left to right, no word counted twice, equal
    // where their joined letters are. Call `top` first.
    void duplicates(const uint8_t* text, const std::vector<Word>& words, int64_t (&result)[6]) {
        const size_t n = words.size();
        std::fill(result, result + 6, 0);
        if (n < 5) return;
        join(text, words);
        shared_.assign(n, 0);
        places_.resize(n - 4);
        std::iota(places_.begin(), places_.end(), 0u);
        share<SHORT>(n);
        candidates_.clear();
        for (uint32_t i = 0; i + 5 <= n; ++i)
            if (shared_[i] || at_[i + 5] - at_[i] < SHORT) candidates_.push_back(i);
        share<LONG>(n);
        for (uint32_t size = 5; size <= 10; ++size) result[size - 5] = repeated(size, n);
    }

   private:
    static constexpr uint32_t SHORT = 16, LONG = 32;  // bytes of a window
    static constexpr uint32_t AHEAD = 8;  // look-ups between asking for a slot and reading it

    // Finds which of `places_` share the bytes of their window with another; leaves those there, and the size of the
    // window in `shared_`.
    template <uint32_t SIZE>
    void share(size_t n) {
        hashes_.resize(places_.size() + AHEAD);
        for (size_t j = 0; j < places_.size(); ++j) hashes_[j] = hash_long(joined_.data() + at_[places_[j]], SIZE);
        std::fill(hashes_.end() - AHEAD, hashes_.end(), 0);
        seen_.reset(places_.size(), n);
        for (size_t j = 0; j < places_.size(); ++j) {
            seen_.prefetch(hashes_[j + AHEAD]);
            const uint32_t i = places_[j];
            const uint8_t* p = joined_.data() + at_[i];
            const uint32_t first = seen_.find_or_add(hashes_[j], i, [&](uint32_t k) {
                return !std::memcmp(joined_.data() + at_[k], p, SIZE);
            });
            if (first != i) shared_[first] = shared_[i] = SIZE;
        }
        size_t kept = 0;
        for (const uint32_t i : places_)
            if (shared_[i] == SIZE) places_[kept++] = i;
        places_.resize(kept);
    }

    // Counts the n-grams of one size. Reads from `places_` where the smaller ones occur more than once, and leaves
    // there where these do, and in `first_` where each stood first.
    template <class Hash, class Same>
    int64_t tally(size_t size, size_t n, Hash hash, Same same) {
        if (n < size) return -1;
        uint32_t most = 1, where = 0;  // where none occurs twice, the very first one counts
        size_t kept = 0;
        seen_.reset(places_.size(), n);
        for (size_t j = 0; j + 1 < places_.size(); ++j) {
            const uint32_t i = places_[j];
            if (places_[j + 1] != i + 1) continue;
            const uint32_t first = seen_.find_or_add(hash(i), i, [&](uint32_t k) { return same(i, k); });
            places_[kept++] = i;
            next_[i] = first;
            if (first == i) {
                counts_[i] = 1;
                continue;
            }
            const uint32_t times = ++counts_[first];
            if (times > most || (times == most && first < where)) {
                most = times;
                where = first;
            }
        }
        places_.resize(kept);
        kept = 0;
        for (const uint32_t i : places_)
            if (counts_[next_[i]] >= 2) places_[kept++] = i;
        places_.resize(kept);
        std::swap(first_, next_);
        return (chars_[where + size] - chars_[where] + int64_t(size) - 1) * int64_t(most);
    }

    // The letters of all words without what stands between them: word i at at_[i].
    void join(const uint8_t* text, const std::vector<Word>& words) {
        const size_t n = words.size();
        at_.resize(n + 1);
        at_[0] = 0;
        for (size_t i = 0; i < n; ++i) at_[i + 1] = at_[i] + (words[i].end - words[i].start);
        if (joined_.size() < at_[n] + LONG) joined_.resize(at_[n] + LONG);
        for (size_t i = 0; i < n; ++i) {
            const uint8_t* from = text + words[i].start;
            uint8_t* to = joined_.data() + at_[i];
            const uint32_t length = words[i].end - words[i].start;
            if (length <= 16 && words[i].start + 16 <= words[n - 1].end)
                std::memcpy(to, from, 16);  // the next words overwrite what is too much
            else
                std::memcpy(to, from, length);
        }
        std::memset(joined_.data() + at_[n], 0, LONG);
    }

    int64_t repeated(uint32_t size, size_t n) {
        int64_t found = 0;
        uint32_t next = 0;
        seen_.reset(candidates_.size(), n);
        for (const uint32_t i : candidates_) {
            if (i < next || i + size > n) continue;
            const uint32_t length = at_[i + size] - at_[i];
            if (shared_[i] < SHORT ? length >= SHORT : shared_[i] < LONG && length >= LONG) continue;
            const uint8_t* p = joined_.data() + at_[i];
            const uint32_t first = seen_.find_or_add(hash_long(p, length), i, [&](uint32_t k) {
                return at_[k + size] - at_[k] == length && !std::memcmp(joined_.data() + at_[k], p, length);
            });
            if (first == i) continue;
            found += chars_[i + size] - chars_[i];
            next = i + size;
        }
        return found;
    }

    FirstSeen seen_;
    std::vector<int64_t> chars_;  // characters before each word
    std::vector<uint64_t> hashes_;
    std::vector<uint32_t> first_, next_, counts_, places_, at_, candidates_;
    std::vector<uint8_t> shared_, joined_;
};

}  // namespace evenhand
