// Repetition statistics of Gopher (Rae et al. 2021, table A1), as datatrove computes them.
#pragma once

#include <vector>

#include "splitter.h"

namespace evenhand {

// A set of 64-bit hashes that remembers where each was seen first. An entry holds 32 bits of the hash and the position;
// the caller confirms the other bits through `same`.
class FirstSeen {
   public:
    // Empties the set for up to n members.
    void reset(size_t n) {
        size_t size = 16;
        shift_ = 60;
        while (size < 2 * n) {
            size *= 2;
            --shift_;
        }
        mask_ = size - 1;
        if (slots_.size() < size) slots_.resize(size);
        std::memset(slots_.data(), 0, size * sizeof(uint64_t));
    }

    // Position of the first member of hash h, or `position`, which then becomes it.
    template <class Same>
    uint32_t find_or_add(uint64_t h, uint32_t position, Same same) {
        h *= 0x9FB21C651E98DF25ull;
        uint64_t tag = h << 32;  // the index comes from the high bits, the tag from the low ones
        for (size_t i = h >> shift_;; ++i) {
            uint64_t& slot = slots_[i & mask_];
            if (!slot) {
                slot = tag | (position + 1ull);
                return position;
            }
            if (((slot ^ tag) >> 32) == 0) {
                uint32_t first = uint32_t(slot) - 1;
                if (same(first)) return first;
            }
        }
    }

   private:
    std::vector<uint64_t> slots_;
    size_t mask_ = 0;
    int shift_ = 60;
};

// Powers of BASE, so that hashes of neighbouring words can be joined.
class Powers {
   public:
    Powers() : table_(1024) {
        table_[0] = 1;
        for (size_t i = 1; i < table_.size(); ++i) table_[i] = table_[i - 1] * BASE;
    }

    uint64_t of(uint64_t exponent) const {
        if (exponent < table_.size()) return table_[exponent];
        uint64_t result = 1, square = BASE;
        for (; exponent; exponent >>= 1, square *= square)
            if (exponent & 1) result *= square;
        return result;
    }

   private:
    std::vector<uint64_t> table_;
};

constexpr int TOP_FIRST = 2, TOP_LAST = 4, DUPLICATE_FIRST = 5, DUPLICATE_LAST = 10;

class Repetition {
   public:
    // Characters of the most frequent n-gram (joined by spaces) times its count, for n = 2, 3, 4; -1 where there is none.
    // Among equally frequent ones the first counts.
    void top(const Words& words, int64_t (&result)[3]) {
        const size_t n = words.size();
        chars_.resize(n + 1);
        chars_[0] = 0;
        for (size_t i = 0; i < n; ++i) chars_[i + 1] = chars_[i] + words.chars[i];
        hashes_.resize(n);
        for (size_t i = 0; i < n; ++i) hashes_[i] = mix(words.hash[i] + BASE2);
        grams_ = hashes_;
        for (int size = TOP_FIRST; size <= TOP_LAST; ++size) {
            int64_t& best = result[size - TOP_FIRST];
            best = -1;
            if (n < size_t(size)) continue;
            const size_t count = n - size_t(size) + 1;
            for (size_t i = 0; i < count; ++i) grams_[i] = grams_[i] * BASE3 + hashes_[i + size_t(size) - 1];
            counts_.assign(count, 0);
            seen_.reset(count);
            uint32_t most = 0, where = 0;
            for (uint32_t i = 0; i < count; ++i) {
                const uint64_t h = grams_[i];
                uint32_t first = seen_.find_or_add(h, i, [&](uint32_t k) { return grams_[k] == h; });
                uint32_t times = ++counts_[first];
                if (times > most || (times == most && first < where)) {
                    most = times;
                    where = first;
                }
            }
            best = (chars_[where + size_t(size)] - chars_[where] + size - 1) * int64_t(most);
        }
    }

    // Characters in n-grams (concatenated) that were seen before, for n = 5..10, each character once.
    // Reads `chars_` of `top`.
    void duplicates(const Words& words, int64_t (&result)[6]) {
        const size_t n = words.size();
        joined_.resize(n + 1);
        bytes_.resize(n + 1);
        joined_[0] = bytes_[0] = 0;
        for (size_t i = 0; i < n; ++i) {
            uint32_t length = words.end[i] - words.start[i];
            joined_[i + 1] = joined_[i] * powers_.of(length) + words.hash[i];
            bytes_[i + 1] = bytes_[i] + length;
        }
        for (size_t size = DUPLICATE_FIRST; size <= DUPLICATE_LAST; ++size) {
            int64_t repeated = 0;
            if (n >= size) {
                seen_.reset(n - size + 1);
                auto hash_at = [&](size_t i) {
                    return joined_[i + size] - joined_[i] * powers_.of(bytes_[i + size] - bytes_[i]);
                };
                for (size_t i = 0; i + size <= n;) {
                    const uint64_t h = hash_at(i);
                    if (seen_.find_or_add(mix(h), uint32_t(i), [&](uint32_t k) { return hash_at(k) == h; }) != i) {
                        repeated += chars_[i + size] - chars_[i];
                        i += size;
                    } else
                        ++i;
                }
            }
            result[size - DUPLICATE_FIRST] = repeated;
        }
    }

   private:
    FirstSeen seen_;
    Powers powers_;
    std::vector<int64_t> chars_, bytes_;
    std::vector<uint64_t> hashes_, grams_, joined_;
    std::vector<uint32_t> counts_;
};

}  // namespace evenhand
