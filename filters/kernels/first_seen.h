// A set that tells, of each thing put into it, where the same thing stood first.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

namespace evenhand {

// Things are known by a 64-bit hash and a position. The caller tells whether two positions hold the same, so equal
// hashes decide nothing. A slot holds 32 bits of the hash and the position plus one; 0 is an empty slot.
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

    // Asks for the slot of a hash that will be looked up soon.
    void prefetch(uint64_t h) const { __builtin_prefetch(&slots_[(h * SPREAD) >> shift_]); }

    // Position of the first member that is the same as `position`, or `position`, which then becomes it.
    template <class Same>
    uint32_t find_or_add(uint64_t h, uint32_t position, Same same) {
        h *= SPREAD;
        const uint64_t tag = h << 32;  // the index comes from the high bits, the tag from the low ones
        for (size_t i = h >> shift_;; ++i) {
            uint64_t& slot = slots_[i & mask_];
            if (!slot) {
                slot = tag | (position + 1ull);
                return position;
            }
            if (((slot ^ tag) >> 32) == 0) {
                const uint32_t first = uint32_t(slot) - 1;
                if (same(first)) return first;
            }
        }
    }

   private:
    static constexpr uint64_t SPREAD = 0x9FB21C651E98DF25ull;
    std::vector<uint64_t> slots_;
    size_t mask_ = 0;
    int shift_ = 60;
};

}  // namespace evenhand
