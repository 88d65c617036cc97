// A set that tells, of each thing put into it, where the same thing stood first.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

namespace evenhand {

using std::size_t;
using std::uint32_t;
using std::uint64_t;

// Things are known by a well mixed 64-bit hash and a position. The caller tells whether two positions hold the same, so
// equal hashes decide nothing. A slot holds some bits of the hash and the position plus one; 0 is an empty slot. Slots are
// of 32 bits where positions fit into 16, so that the tables of most documents stay in the nearest caches.
class FirstSeen {
   public:
    // Empties the set for up to n members, at positions below `end`.
    void reset(size_t n, size_t end) {
        small_ = end < 0xFFFF;
        size_t size = 16;
        shift_ = 60;
        while (size < 2 * n) {
            size *= 2;
            --shift_;
        }
        mask_ = size - 1;
        if (small_)
            empty(small_slots_, size);
        else
            empty(slots_, size);
    }

    // Asks for the slot of a hash that will be looked up soon.
    void prefetch(uint64_t h) const {
        if (small_)
            __builtin_prefetch(small_slots_.data() + (h >> shift_));
        else
            __builtin_prefetch(slots_.data() + (h >> shift_));
    }

    // Position of the first member that is the same as `position`, or `position`, which then becomes it.
    template <class Same>
    uint32_t find_or_add(uint64_t h, uint32_t position, Same same) {
        if (small_) return find<uint32_t, 16>(small_slots_.data(), h, position, same);
        return find<uint64_t, 32>(slots_.data(), h, position, same);
    }

   private:
    template <class Slot>
    static void empty(std::vector<Slot>& slots, size_t size) {
        if (slots.size() < size) slots.resize(size);
        std::memset(slots.data(), 0, size * sizeof(Slot));
    }

    template <class Slot, int BITS, class Same>
    uint32_t find(Slot* slots, uint64_t h, uint32_t position, Same same) {
        const Slot tag = Slot(h) << BITS;  // the index comes from the high bits, the tag from the low ones
        for (size_t i = h >> shift_;; ++i) {
            Slot& slot = slots[i & mask_];
            if (!slot) {
                slot = tag | Slot(position + 1);
                return position;
            }
            if (((slot ^ tag) >> BITS) == 0) {
                const uint32_t first = uint32_t(slot & ((Slot(1) << BITS) - 1)) - 1;
                if (same(first)) return first;
            }
        }
    }

    std::vector<uint32_t> small_slots_;
    std::vector<uint64_t> slots_;
    size_t mask_ = 0;
    int shift_ = 60;
    bool small_ = true;
};

}  // namespace evenhand
