// Small tables that are filled once and looked up for every word.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace evenhand {

// Numbers of the first member by hash; at most a quarter of the slots is used.
class HashTable {
   public:
    static constexpr uint32_t NONE = ~0u;

    void build(const std::vector<uint64_t>& hashes) {
        size_t size = 64;
        shift_ = 58;
        while (size < 4 * hashes.size()) {
            size *= 2;
            --shift_;
        }
        slots_.assign(size, {0, NONE});
        for (uint32_t i = 0; i < hashes.size(); ++i) {
            size_t at = hashes[i] >> shift_;
            while (slots_[at].second != NONE && slots_[at].first != hashes[i]) at = (at + 1) & (size - 1);
            if (slots_[at].second == NONE) slots_[at] = {hashes[i], i};  // the first of equal ones stays
        }
    }

    // Number of the first member of hash h, or NONE.
    uint32_t find(uint64_t h) const {
        for (size_t at = h >> shift_;; at = (at + 1) & (slots_.size() - 1))
            if (slots_[at].second == NONE || slots_[at].first == h) return slots_[at].second;
    }

   private:
    std::vector<std::pair<uint64_t, uint32_t>> slots_;
    int shift_ = 58;
};

// One bit per member in 8 kB: cheap, and never wrong about what is missing.
class Sieve {
   public:
    void add(uint64_t h) { bits_[h >> 54] |= 1ull << ((h >> 48) & 63); }
    bool maybe(uint64_t h) const { return bits_[h >> 54] >> ((h >> 48) & 63) & 1; }

   private:
    uint64_t bits_[1024] = {};
};

}  // namespace evenhand
