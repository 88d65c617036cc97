// Sketches of documents, candidate pairs, exact Jaccard similarity, components. See filters/near_dedup.py.
#include <pybind11/pybind11.h>

#include <cmath>
#include <numeric>
#include <string>

#include "bucket_sort.h"
#include "buffer.h"
#include "hashing.h"
#include "normal_text.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif
#define INLINE inline __attribute__((always_inline))

namespace py = pybind11;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

namespace {

constexpr int MAX_NGRAM = 32;
constexpr size_t LANES = 8;
typedef uint32_t Lanes __attribute__((vector_size(4 * LANES)));

// Least value of each of `V` vectors of permutations a * x + b (mod 2^32) over all shingles.
template <int V>
INLINE void least(const uint64_t* shingles, size_t size, const uint32_t* a, const uint32_t* b,
                  uint32_t* out) {
  Lanes factor[V], summand[V], low[V];
  for (int v = 0; v < V; v++) {
    std::memcpy(&factor[v], a + LANES * v, sizeof(Lanes));
    std::memcpy(&summand[v], b + LANES * v, sizeof(Lanes));
    low[v] = Lanes{} - 1;
  }
  for (size_t i = 0; i < size; i++) {
    const Lanes x = Lanes{} + static_cast<uint32_t>(shingles[i]);
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) {
      const Lanes value = factor[v] * x + summand[v];
      low[v] = value < low[v] ? value : low[v];
    }
  }
  for (int v = 0; v < V; v++) std::memcpy(out + LANES * v, &low[v], sizeof(Lanes));
}

// MinHash of `permutations` (a multiple of LANES) permutations.
CLONES void minhash(const uint64_t* shingles, size_t size, const uint32_t* a, const uint32_t* b,
                    size_t permutations, uint32_t* out) {
  size_t p = 0;
  for (; p + 7 * LANES <= permutations; p += 7 * LANES) least<7>(shingles, size, a + p, b + p, out + p);
  for (; p + 2 * LANES <= permutations; p += 2 * LANES) least<2>(shingles, size, a + p, b + p, out + p);
  for (; p < permutations; p += LANES) least<1>(shingles, size, a + p, b + p, out + p);
}

py::tuple sketch(Array<int32_t> offsets, Array<uint8_t> data, Array<uint32_t> table, int ngram,
                 Array<uint32_t> factors, Array<uint32_t> summands, int bands, int rows) {
  const auto n = static_cast<size_t>(offsets.size() - 1);
  const int32_t* const starts = offsets.data();
  const uint8_t* const bytes = data.data();
  const size_t used = static_cast<size_t>(bands) * static_cast<size_t>(rows);
  if (offsets.size() < 1 || starts[0] < 0 || starts[n] > data.size())
    throw py::value_error("offsets beyond the data");
  if (ngram < 1 || ngram > MAX_NGRAM) throw py::value_error("ngram outside 1..32");
  const size_t permutations = (used + LANES - 1) / LANES * LANES;
  if (static_cast<size_t>(factors.size()) != permutations ||
      static_cast<size_t>(summands.size()) != permutations) {
    throw py::value_error("need one factor and summand a permutation, padded to a multiple of 8");
  }
  const Table cases{table.data(), static_cast<uint32_t>(table.size())};
  const uint32_t* const a = factors.data();
  const uint32_t* const b = summands.data();

  Buffer<uint8_t> normal;
  Buffer<int64_t> normal_offsets(n + 1), counts(n);
  Buffer<uint64_t> shingles, set_hash(n), keys(n * static_cast<size_t>(bands));
  {
    py::gil_scoped_release release;
    const size_t total = static_cast<size_t>(starts[n] - starts[0]);
    normal.reserve(total + total / 2 + 64);
    Buffer<uint8_t> marks;
    Buffer<uint64_t> raw;
    SortScratch scratch;
    std::vector<uint32_t> signature(permutations);
    uint64_t drop = 1;  // what a word counts for when it leaves the window
    for (int i = 0; i < ngram; i++) drop *= K3;
    normal_offsets[0] = 0;
    for (size_t doc = 0; doc < n; doc++) {
      const size_t length_in = static_cast<size_t>(starts[doc + 1] - starts[doc]);
      marks.reserve(length_in + length_in / 2 + 192);
      const size_t begin = normal.size();
      uint8_t* const text = normal.data() + begin;
      const size_t length =
          normalise(bytes + starts[doc], bytes + starts[doc + 1], cases, text, marks.data());
      std::memset(marks.data() + length, 0, MARKS_PADDING);
      std::memset(text + length, 0, 8);
      normal.resize(begin + length);
      normal_offsets[doc + 1] = static_cast<int64_t>(begin + length);

      // Shingles: hash of n words = their hashes as digits of a number in base K3, mixed.
      raw.reserve(length / 2 + 2);
      uint64_t* const found = raw.data();
      uint64_t window[MAX_NGRAM] = {};
      uint64_t digits = 0;
      size_t words = 0, count = 0, slot = 0;
      const size_t full = static_cast<size_t>(ngram);
      each_word(marks.data(), length, [&](size_t start, size_t stop) {
        const uint64_t hash = hash_word(text + start, stop - start);
        digits = digits * K3 + hash - window[slot] * drop;
        window[slot] = hash;
        slot = slot + 1 == full ? 0 : slot + 1;
        found[count] = mix(digits);
        count += ++words >= full;
      });
      if (words > 0 && words < full) found[count++] = mix(digits);

      const size_t first = shingles.size();
      shingles.resize(first + count);
      const size_t distinct = sort_distinct(found, count, shingles.data() + first, scratch);
      shingles.resize(first + distinct);
      counts[doc] = static_cast<int64_t>(distinct);
      uint64_t* const row = keys.data() + doc * static_cast<size_t>(bands);
      if (distinct == 0) {
        set_hash[doc] = 0;
        std::fill_n(row, bands, 0);
        continue;
      }
      const uint64_t* const set = shingles.data() + first;
      uint64_t sum = distinct;
      for (size_t i = 0; i < distinct; i++) sum += mix(set[i]);
      set_hash[doc] = mix(sum) | 1;  // 0 is for no shingles
      minhash(set, distinct, a, b, permutations, signature.data());
      const uint32_t* value = signature.data();
      for (int band = 0; band < bands; band++) {
        uint64_t key = mix(static_cast<uint64_t>(band));
        for (int r = 0; r < rows; r++) key = mix(key ^ *value++);
        row[band] = key;
      }
    }
  }
  return py::make_tuple(std::move(normal).numpy(), std::move(normal_offsets).numpy(),
                        std::move(set_hash).numpy(), std::move(counts).numpy(), std::move(shingles).numpy(),
                        std::move(keys).numpy(bands));
}

struct Member {
  uint64_t key, set;
  int64_t doc;
  bool operator<(const Member& other) const {
    if (key != other.key) return key < other.key;
    if (set != other.set) return set < other.set;
    return doc < other.doc;
  }
};

using Pair = std::pair<int64_t, int64_t>;

// Groups rows whose `key` shares a hash: scatters the row numbers by it, then calls `run(first, last)` with
// the sorted members of each group of rows that may share keys. `make(row)` makes a Member.
template <typename Make, typename Run>
void each_bucket(size_t n, const uint64_t* key, size_t stride, Make make, Run run) {
  if (n >= uint64_t{1} << 32) throw py::value_error("more than 2^32 rows in one call");
  int bits = 1;
  while (bits < 22 && size_t{4} << bits < n) bits++;
  const int shift = 64 - bits;
  const auto place = [&](size_t i) { return key[i * stride] * K0 >> shift; };
  std::vector<uint32_t> ends((size_t{1} << bits) + 1, 0);
  for (size_t i = 0; i < n; i++) ends[place(i) + 1]++;
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<uint32_t> order(n);
  for (size_t i = 0; i < n; i++) order[ends[place(i)]++] = static_cast<uint32_t>(i);
  std::vector<Member> members;
  for (size_t from = 0, bucket = 0; bucket < ends.size() - 1; from = ends[bucket++]) {
    if (ends[bucket] - from < 2) continue;
    members.clear();
    for (size_t i = from; i < ends[bucket]; i++) members.push_back(make(order[i]));
    std::sort(members.begin(), members.end());
    for (auto first = members.begin(); first != members.end();) {
      auto last = first + 1;
      while (last != members.end() && last->key == first->key) ++last;
      if (last - first > 1) run(&*first, &*first + (last - first));
      first = last;
    }
  }
}

py::array_t<int64_t> pair_array(std::vector<Pair>& pairs) {
  Buffer<int64_t> flat(2 * pairs.size());
  for (size_t i = 0; i < pairs.size(); i++) flat[2 * i] = pairs[i].first, flat[2 * i + 1] = pairs[i].second;
  return std::move(flat).numpy(2);
}

py::tuple match(Array<uint64_t> key, Array<uint64_t> set_hash, Array<int64_t> doc, int64_t max_bucket,
                int64_t first_old) {
  const auto n = static_cast<size_t>(key.size());
  if (set_hash.size() != key.size() || doc.size() != key.size())
    throw py::value_error("columns of unequal length");
  if (max_bucket < 1) throw py::value_error("max_bucket below 1");
  const uint64_t* const keys = key.data();
  const uint64_t* const sets = set_hash.data();
  const int64_t* const docs = doc.data();
  std::vector<Pair> stars, pairs;
  int64_t guarded_buckets = 0, guarded_documents = 0, skipped = 0;
  {
    py::gil_scoped_release release;
    std::vector<int64_t> heads;
    const auto add = [&](int64_t a, int64_t b) {
      if (a < first_old || b < first_old) pairs.emplace_back(std::min(a, b), std::max(a, b));
    };
    each_bucket(
        n, keys, 1, [&](size_t i) { return Member{keys[i], sets[i], docs[i]}; },
        [&](const Member* first, const Member* last) {
          heads.clear();
          int64_t old_heads = 0;
          for (const Member* m = first; m != last; ++m) {
            if (m == first || m->set != (m - 1)->set) {
              heads.push_back(m->doc);
              old_heads += m->doc >= first_old;
            } else if (heads.back() < first_old) {
              stars.emplace_back(heads.back(), m->doc);
            }
          }
          const auto h = static_cast<int64_t>(heads.size());
          if (h == old_heads) return;  // nothing new to compare
          if (h <= max_bucket) {
            for (size_t i = 0; i < heads.size(); i++) {
              for (size_t j = i + 1; j < heads.size(); j++) add(heads[i], heads[j]);
            }
            return;
          }
          const auto before = static_cast<int64_t>(pairs.size());
          for (size_t j = 1; j < heads.size(); j++) {
            add(heads[0], heads[j]);
            if (j > 1) add(heads[j - 1], heads[j]);
          }
          guarded_buckets++;
          guarded_documents += last - first;
          skipped += h * (h - 1) / 2 - old_heads * (old_heads - 1) / 2 -
                     (static_cast<int64_t>(pairs.size()) - before);
        });
    std::sort(stars.begin(), stars.end());
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  }
  return py::make_tuple(pair_array(stars), pair_array(pairs), guarded_buckets, guarded_documents, skipped);
}

py::array_t<int64_t> equal(Array<uint64_t> hash, Array<int64_t> doc) {
  const auto n = static_cast<size_t>(doc.size());
  if (hash.ndim() != 2 || hash.shape(1) != 2 || hash.shape(0) != doc.size()) {
    throw py::value_error("need a hash of two columns for each document");
  }
  const uint64_t* const halves = hash.data();
  const int64_t* const docs = doc.data();
  std::vector<Pair> stars;
  {
    py::gil_scoped_release release;
    each_bucket(
        n, halves, 2, [&](size_t i) { return Member{halves[2 * i], halves[2 * i + 1], docs[i]}; },
        [&](const Member* first, const Member* last) {
          const Member* head = first;
          for (const Member* m = first + 1; m != last; ++m) {
            if (m->set != head->set) {
              head = m;
            } else if (m->key != 0 || m->set != 0) {  // zero: no text
              stars.emplace_back(head->doc, m->doc);
            }
          }
        });
    std::sort(stars.begin(), stars.end());
  }
  return pair_array(stars);
}

py::array_t<double> jaccard(Array<uint64_t> left, Array<int64_t> left_bounds, Array<uint64_t> right,
                            Array<int64_t> right_bounds) {
  const auto check = [](const Array<int64_t>& bounds, py::ssize_t size) {
    if (bounds.ndim() != 2 || bounds.shape(1) != 2) throw py::value_error("bounds need two columns");
    const int64_t* const b = bounds.data();
    for (py::ssize_t i = 0; i < bounds.shape(0); i++) {
      if (b[2 * i] < 0 || b[2 * i] > b[2 * i + 1] || b[2 * i + 1] > size) {
        throw py::value_error("bounds of pair " + std::to_string(i) + " lie outside the shingles");
      }
    }
  };
  check(left_bounds, left.size());
  check(right_bounds, right.size());
  if (left_bounds.shape(0) != right_bounds.shape(0)) throw py::value_error("bounds of unequal length");
  const auto n = static_cast<size_t>(left_bounds.shape(0));
  Buffer<double> similarity(n);
  {
    py::gil_scoped_release release;
    for (size_t i = 0; i < n; i++) {
      const uint64_t* a = left.data() + left_bounds.data()[2 * i];
      const uint64_t* const a_end = left.data() + left_bounds.data()[2 * i + 1];
      const uint64_t* b = right.data() + right_bounds.data()[2 * i];
      const uint64_t* const b_end = right.data() + right_bounds.data()[2 * i + 1];
      const auto sizes = (a_end - a) + (b_end - b);
      int64_t common = 0;
      while (a < a_end && b < b_end) {  // without branches: which side moves is a coin toss
        const uint64_t x = *a, y = *b;
        common += x == y;
        a += x <= y;
        b += y <= x;
      }
      similarity[i] = sizes == 0 ? 0.0 : static_cast<double>(common) / static_cast<double>(sizes - common);
    }
  }
  return std::move(similarity).numpy();
}

py::array_t<int64_t> components(Array<int64_t> edges, int64_t nodes) {
  if (edges.ndim() != 2 || edges.shape(1) != 2) throw py::value_error("edges need two columns");
  const int64_t* const ends = edges.data();
  for (py::ssize_t i = 0; i < edges.size(); i++) {
    if (ends[i] < 0 || ends[i] >= nodes) throw py::value_error("edge to a node that is not there");
  }
  Buffer<int64_t> parent(static_cast<size_t>(nodes));
  {
    py::gil_scoped_release release;
    std::iota(parent.data(), parent.data() + nodes, 0);
    const auto find = [&](int64_t node) {
      while (parent.data()[node] != node) {
        int64_t& up = parent.data()[node];
        up = parent.data()[up];
        node = up;
      }
      return node;
    };
    for (py::ssize_t i = 0; i < edges.shape(0); i++) {
      const int64_t a = find(ends[2 * i]), b = find(ends[2 * i + 1]);
      parent.data()[std::max(a, b)] = std::min(a, b);  // the root is the smallest node
    }
    for (int64_t node = 0; node < nodes; node++) parent.data()[node] = find(node);
  }
  return std::move(parent).numpy();
}

}  // namespace

PYBIND11_MODULE(dedup, module) {
  module.def("sketch", &sketch, py::arg("offsets"), py::arg("data"), py::arg("table"), py::arg("ngram"),
             py::arg("factors"), py::arg("summands"), py::arg("bands"), py::arg("rows"));
  module.def("match", &match, py::arg("key"), py::arg("set_hash"), py::arg("doc"), py::arg("max_bucket"),
             py::arg("first_old"));
  module.def("equal", &equal, py::arg("hash"), py::arg("doc"));
  module.def("jaccard", &jaccard, py::arg("left"), py::arg("left_bounds"), py::arg("right"),
             py::arg("right_bounds"));
  module.def("components", &components, py::arg("edges"), py::arg("nodes"));
}
