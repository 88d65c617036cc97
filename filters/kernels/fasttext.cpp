// Best label of a text, or the probability of given labels for each of its lines, by a supervised fastText
// model. Follows fastText 0.9.3 to the order of its floating-point sums, so that labels and scores come out the
// same. See filters/fasttext_model.py for the tables.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "buffer.h"
#include "plain_words.h"

namespace py = pybind11;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

namespace {

constexpr std::string_view END_OF_SENTENCE = "</s>";
constexpr std::string_view LABEL_PREFIX = "__label__";
enum Loss { HIERARCHICAL = 1, NEGATIVE = 2, SOFTMAX = 3, ONE_AGAINST_ALL = 4 };

inline bool continues(char c) { return (c & 0xC0) == 0x80; }
inline bool separates(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }
inline float log_of(float x) { return static_cast<float>(std::log(x + 1e-5)); }

// n % divisor by two multiplications (Lemire, Kaser and Kurz 2019, doi:10.1002/spe.2689).
struct Modulo {
  uint32_t divisor = 1;
  uint64_t inverse = 0;
  void set(uint32_t d) {
    divisor = d;
    inverse = ~uint64_t{0} / d + 1;
  }
  uint32_t operator()(uint32_t n) const {
    if (divisor == 1) return 0;
    return static_cast<uint32_t>((static_cast<unsigned __int128>(inverse * n) * divisor) >> 64);
  }
};

struct Node {
  int32_t left = -1, right = -1;
  int64_t count = static_cast<int64_t>(1e15);
};

class Model {
 public:
  Model(Array<uint8_t> entries, Array<int64_t> entry_offsets, int32_t words, Array<int64_t> counts, int loss,
        int word_ngrams, int64_t bucket, int minn, int maxn, bool pruned, Array<int64_t> kept,
        Array<float> rows, Array<float> output)
      : text_(reinterpret_cast<const char*>(entries.data()), static_cast<size_t>(entries.size())),
        offsets_(entry_offsets.data(), entry_offsets.data() + entry_offsets.size()),
        words_(words),
        labels_(static_cast<int32_t>(counts.size())),
        loss_(loss),
        word_ngrams_(word_ngrams),
        bucket_(bucket),
        minn_(minn),
        maxn_(maxn),
        pruned_(pruned),
        dim_(static_cast<size_t>(rows.shape(1))),
        height_(rows.shape(0)),
        rows_(rows.data(), rows.data() + rows.size()),
        output_(output.data(), output.data() + output.size()) {
    if (output.ndim() != 2 || output.shape(1) != rows.shape(1) || output.shape(0) < counts.size() ||
        static_cast<int64_t>(offsets_.size()) != words + labels_ + 1) {
      throw py::value_error("the model's tables do not fit each other");
    }
    if (loss < HIERARCHICAL || loss > ONE_AGAINST_ALL) throw py::value_error("unknown loss");
    if (bucket < 0 || bucket > INT32_MAX || ((maxn > 0 || word_ngrams > 1) && bucket == 0)) {
      throw py::value_error("bucket outside the range of the hash");
    }
    modulo_.set(static_cast<uint32_t>(std::max<int64_t>(bucket, 1)));
    if (pruned) index_kept(kept);
    index_entries();
    for (int32_t i = 0; i < words_; i++) {
      subword_offsets_.push_back(subwords_.size());
      subwords_.push_back(i);
      if (entry(i) != END_OF_SENTENCE) add_subwords(entry(i), subwords_);
    }
    subword_offsets_.push_back(subwords_.size());
    const int64_t furthest = pruned ? furthest_kept_ : ((maxn > 0 || word_ngrams > 1) ? bucket - 1 : -1);
    if (words_ + furthest >= height_) throw py::value_error("the model's input matrix is too small");
    if (loss == HIERARCHICAL) build_tree(counts.data());
  }

  py::tuple predict(Array<int32_t> offsets, Array<uint8_t> data, int64_t characters) const {
    const auto n = static_cast<size_t>(offsets.size() - 1);
    const int32_t* const starts = offsets.data();
    const char* const bytes = reinterpret_cast<const char*>(data.data());
    if (offsets.size() < 1 || starts[0] < 0 || starts[n] > data.size())
      throw py::value_error("offsets beyond the data");
    Buffer<int32_t> label(n);
    Buffer<float> score(n);
    {
      py::gil_scoped_release release;
      Work work(dim_, static_cast<size_t>(labels_));
      for (size_t i = 0; i < n; i++) {
        const std::string_view text(bytes + starts[i], static_cast<size_t>(starts[i + 1] - starts[i]));
        work.best = -1;
        if (read(head(text, characters), work)) decide(work);
        label[i] = work.best;
        score[i] = work.best < 0 ? 0.0f : std::exp(work.score);
      }
    }
    return py::make_tuple(std::move(label).numpy(), std::move(score).numpy());
  }

  // Scores each line of each text, in pieces of at most `longest` words; a piece's score is the probability of
  // `targets` together, rounded to 1e-6. Without `plain` a word is what stands between white space; with it,
  // plain words are read, and those that the model does not know are read as `unknown`.
  // Returns, for each text: pieces with a score, the sum of their scores in millionths, pieces above
  // `toxic_from`, the highest score in millionths, and the characters that the first such piece lies between.
  py::tuple score_lines(Array<int32_t> offsets, Array<uint8_t> data, std::vector<int32_t> targets,
                        const PlainWords* plain, const std::string& unknown, int32_t longest,
                        double toxic_from) const {
    const auto n = static_cast<size_t>(offsets.size() - 1);
    const int32_t* const starts = offsets.data();
    const char* const bytes = reinterpret_cast<const char*>(data.data());
    if (offsets.size() < 1 || starts[0] < 0 || starts[n] > data.size())
      throw py::value_error("offsets beyond the data");
    if (longest < 1) throw py::value_error("a piece has at least one word");
    for (const int32_t target : targets) {
      if (target < 0 || target >= labels_) throw py::value_error("a label that the model does not have");
    }
    Buffer<int64_t> pieces(n), sum(n), toxic(n), highest(n), begin(n), end(n);
    {
      py::gil_scoped_release release;
      Work work(dim_, static_cast<size_t>(labels_));
      PlainWords::Reader reader;
      const Word unknown_word{find(unknown, fnv(unknown)), fnv(unknown)};
      for (size_t i = 0; i < n; i++) {
        const std::string_view text(bytes + starts[i], static_cast<size_t>(starts[i + 1] - starts[i]));
        Found found;
        const auto offer_piece = [&](size_t from, size_t to) {
          if (work.features.empty()) return;
          const int64_t score = millionths(probability(targets, work));
          found.pieces++;
          found.sum += score;
          if (static_cast<double>(score) / 1e6 > toxic_from) found.toxic++;
          if (score <= found.highest) return;
          found.highest = score;
          found.from = from;
          found.to = to;
        };
        for (size_t at = 0; at < text.size();) {
          const size_t stop = std::min(text.find('\n', at), text.size());
          const std::string_view line = text.substr(at, stop - at);
          if (plain != nullptr) {
            plain->read(line, reader);
            for (size_t k = 0; k < reader.words.size(); k += static_cast<size_t>(longest)) {
              const size_t last = std::min(reader.words.size(), k + static_cast<size_t>(longest));
              read_plain(reader, k, last, unknown_word, work);
              offer_piece(at + static_cast<size_t>(reader.words[k].begin),
                          at + static_cast<size_t>(reader.words[last - 1].end));
            }
          } else {
            for (size_t k = 0; k < line.size();) {
              const auto [from, to] = piece(line, k, longest);
              k = to;
              if (from < to && read(line.substr(from, to - from), work)) offer_piece(at + from, at + to);
            }
          }
          at = stop + 1;
        }
        pieces[i] = found.pieces;
        sum[i] = found.sum;
        toxic[i] = found.toxic;
        highest[i] = found.highest;
        begin[i] = characters(text.substr(0, found.from));
        end[i] = begin[i] + characters(text.substr(found.from, found.to - found.from));
      }
    }
    return py::make_tuple(std::move(pieces).numpy(), std::move(sum).numpy(), std::move(toxic).numpy(),
                          std::move(highest).numpy(), std::move(begin).numpy(), std::move(end).numpy());
  }

 private:
  struct Word {
    int32_t id;
    uint32_t hash;
  };
  struct Found {
    int64_t pieces = 0, sum = 0, toxic = 0, highest = -1;
    size_t from = 0, to = 0;  // bytes
  };

  static int64_t millionths(double score) { return static_cast<int64_t>(std::nearbyint(score * 1e6)); }

  // The first `most` characters; whole words of bytes are counted at once.
  static std::string_view head(std::string_view text, int64_t most) {
    if (static_cast<int64_t>(text.size()) <= most) return text;
    constexpr uint64_t ONES = 0x0101010101010101;
    int64_t seen = 0;
    size_t at = 0;
    for (uint64_t block; at + sizeof block <= text.size(); at += sizeof block) {
      std::memcpy(&block, text.data() + at, sizeof block);
      const int continued = __builtin_popcountll(block >> 7 & ~block >> 6 & ONES);
      if (seen + 8 - continued > most) break;
      seen += 8 - continued;
    }
    for (; at < text.size(); at++) {
      if (!continues(text[at]) && seen++ == most) break;
    }
    return text.substr(0, at);
  }

  static int64_t characters(std::string_view text) {
    int64_t count = 0;
    for (const char c : text) count += !continues(c);
    return count;
  }

  // Bytes of the next `longest` words of `line` from `at` on; empty where only white space is left.
  static std::pair<size_t, size_t> piece(std::string_view line, size_t at, int32_t longest) {
    while (at < line.size() && separates(line[at])) at++;
    const size_t from = at;
    size_t to = at;
    for (int32_t word = 0; word < longest && at < line.size(); word++) {
      while (at < line.size() && !separates(line[at])) at++;
      to = at;
      while (at < line.size() && separates(line[at])) at++;
    }
    return {from, to == from ? line.size() : to};
  }

  struct Work {
    Work(size_t dim, size_t labels) : hidden(dim), outputs(labels) {}
    std::vector<int32_t> features;
    std::vector<int32_t> hashes;  // of words, signed as in fastText
    std::vector<float> hidden, outputs;
    std::string padded;
    int32_t best = -1;
    float score = 0;
  };

  std::string_view entry(int32_t i) const {
    const auto k = static_cast<size_t>(i);
    return std::string_view(text_).substr(static_cast<size_t>(offsets_[k]),
                                          static_cast<size_t>(offsets_[k + 1] - offsets_[k]));
  }

  void index_entries() {
    size_t size = 16;
    while (size < 2 * offsets_.size()) size *= 2;
    slots_.assign(size, {0, -1});
    for (int32_t i = 0; i < words_ + labels_; i++) {
      const uint32_t hash = fnv(entry(i));
      size_t slot = hash & (size - 1);
      while (slots_[slot].id >= 0) slot = (slot + 1) & (size - 1);
      slots_[slot] = {hash, i};
    }
  }

  int32_t find(std::string_view word, uint32_t hash) const {
    size_t slot = hash & (slots_.size() - 1);
    for (; slots_[slot].id >= 0; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot].hash == hash && entry(slots_[slot].id) == word) return slots_[slot].id;
    }
    return -1;
  }

  // A bit for each bucket, with the count of the bits before: a lookup that misses touches one cache line.
  void index_kept(const Array<int64_t>& kept) {
    std::vector<std::pair<int64_t, int64_t>> pairs;
    for (py::ssize_t i = 0; i < kept.shape(0); i++) pairs.emplace_back(kept.at(i, 0), kept.at(i, 1));
    std::sort(pairs.begin(), pairs.end());
    bits_.resize(static_cast<size_t>(bucket_) / 64 + 1);
    for (const auto& [id, row] : pairs) {
      if (id < 0 || id >= bucket_ || row < 0)
        throw py::value_error("a kept feature lies outside the buckets");
      bits_[static_cast<size_t>(id) / 64] |= uint64_t{1} << (id % 64);
      kept_rows_.push_back(static_cast<int32_t>(words_ + row));
      furthest_kept_ = std::max(furthest_kept_, row);
    }
    uint32_t before = 0;
    for (const uint64_t bits : bits_) {
      before_.push_back(before);
      before += static_cast<uint32_t>(__builtin_popcountll(bits));
    }
    if (before != pairs.size()) throw py::value_error("a feature is kept twice");
  }

  void add_feature(uint32_t id, std::vector<int32_t>& features) const {
    if (!pruned_) {
      features.push_back(words_ + static_cast<int32_t>(id));
      return;
    }
    const uint64_t bits = bits_[id / 64];
    if ((bits >> (id % 64) & 1) == 0) return;
    const uint64_t below = bits & ((uint64_t{1} << (id % 64)) - 1);
    features.push_back(kept_rows_[before_[id / 64] + static_cast<uint32_t>(__builtin_popcountll(below))]);
  }

  // Hashes of the character n-grams of <word>.
  void add_subwords(std::string_view word, std::vector<int32_t>& features) const {
    if (maxn_ <= 0) return;
    const size_t size = word.size() + 2;
    char near[64];
    std::string far;
    char* padded = near;
    if (size > sizeof near) {
      far.resize(size);
      padded = far.data();
    }
    padded[0] = '<';
    std::copy(word.begin(), word.end(), padded + 1);
    padded[size - 1] = '>';
    const auto longest = static_cast<size_t>(maxn_), shortest = static_cast<size_t>(std::max(minn_, 0));
    if (std::none_of(padded, padded + size, continues)) {
      for (size_t i = 0; i < size; i++) {
        const size_t most = std::min(longest, size - i);
        uint32_t hash = FNV_BASIS;
        for (size_t n = 1; n <= most; n++) {
          hash = fnv(hash, padded[i + n - 1]);
          if (n >= shortest && !(n == 1 && (i == 0 || i + 1 == size))) add_feature(modulo_(hash), features);
        }
      }
      return;
    }
    for (size_t i = 0; i < size; i++) {
      if (continues(padded[i])) continue;
      uint32_t hash = FNV_BASIS;
      for (size_t j = i, n = 1; j < size && n <= longest; n++) {
        hash = fnv(hash, padded[j++]);
        while (j < size && continues(padded[j])) hash = fnv(hash, padded[j++]);
        if (n >= shortest && !(n == 1 && (i == 0 || j == size))) add_feature(modulo_(hash), features);
      }
    }
  }

  // Features of one text; false where it has no words.
  bool read(std::string_view text, Work& work) const {
    work.features.clear();
    work.hashes.clear();
    bool any = false, ended = false;
    for (size_t i = 0; i < text.size() && !ended;) {
      if (separates(text[i])) {
        i++;
        continue;
      }
      const size_t start = i;
      uint32_t hash = FNV_BASIS;
      while (i < text.size() && !separates(text[i])) hash = fnv(hash, text[i++]);
      any = true;
      ended = add_word(text.substr(start, i - start), hash, work);
    }
    if (!any) return false;
    if (!ended) add_word(END_OF_SENTENCE, fnv(END_OF_SENTENCE), work);
    add_ngrams(work);
    return !work.features.empty();
  }

  // Features of the plain words `from` to `to`.
  void read_plain(const PlainWords::Reader& reader, size_t from, size_t to, const Word& unknown,
                  Work& work) const {
    work.features.clear();
    work.hashes.clear();
    for (size_t i = from; i < to; i++) {
      const PlainWord& word = reader.words[i];
      const int32_t id = find(reader.of(word), word.hash);
      const bool known = id >= 0 && id < words_;
      if (known || unknown.id >= 0) add_known(known ? Word{id, word.hash} : unknown, work);
    }
    if (const uint32_t hash = fnv(END_OF_SENTENCE); true) {
      const int32_t id = find(END_OF_SENTENCE, hash);
      if (id >= 0) add_known({id, hash}, work);
    }
    add_ngrams(work);
  }

  void add_known(const Word& word, Work& work) const {
    const auto k = static_cast<size_t>(word.id);
    const auto begin = subwords_.begin();
    work.features.insert(work.features.end(), begin + static_cast<std::ptrdiff_t>(subword_offsets_[k]),
                         begin + static_cast<std::ptrdiff_t>(subword_offsets_[k + 1]));
    work.hashes.push_back(static_cast<int32_t>(word.hash));
  }

  void add_ngrams(Work& work) const {
    const auto bucket = static_cast<uint64_t>(bucket_);
    const bool power_of_two = (bucket & (bucket - 1)) == 0;
    for (size_t i = 0; word_ngrams_ > 1 && i < work.hashes.size(); i++) {
      auto hash = static_cast<uint64_t>(static_cast<int64_t>(work.hashes[i]));
      for (size_t j = i + 1; j < work.hashes.size() && j < i + static_cast<size_t>(word_ngrams_); j++) {
        hash = hash * 116049371 + static_cast<uint64_t>(static_cast<int64_t>(work.hashes[j]));
        const uint64_t id = power_of_two ? hash & (bucket - 1) : hash % bucket;
        add_feature(static_cast<uint32_t>(id), work.features);
      }
    }
  }

  // True for the word that ends the text.
  bool add_word(std::string_view word, uint32_t hash, Work& work) const {
    const int32_t id = find(word, hash);
    const bool is_label = id < 0 ? word.substr(0, LABEL_PREFIX.size()) == LABEL_PREFIX : id >= words_;
    const bool ends = word == END_OF_SENTENCE;
    if (is_label) return ends;
    if (id >= 0) {
      add_known({id, hash}, work);
      return ends;
    }
    if (!ends) add_subwords(word, work.features);
    work.hashes.push_back(static_cast<int32_t>(hash));
    return ends;
  }

  void decide(Work& work) const {
    hide(work);
    if (loss_ == HIERARCHICAL) {
      descend(2 * labels_ - 2, 0.0f, work);
      return;
    }
    outputs(work);
    for (int32_t i = 0; i < labels_; i++) offer(i, log_of(work.outputs[static_cast<size_t>(i)]), work);
  }

  // Sum of the probabilities of `targets`, each as fastText reports it; at most 1.
  double probability(const std::vector<int32_t>& targets, Work& work) const {
    hide(work);
    if (loss_ == HIERARCHICAL) {
      std::fill(work.outputs.begin(), work.outputs.end(), -INFINITY);
      descend_all(2 * labels_ - 2, 0.0f, work);
    } else {
      outputs(work);
      for (const int32_t target : targets) {
        float& value = work.outputs[static_cast<size_t>(target)];
        value = log_of(value);
      }
    }
    double sum = 0;
    for (const int32_t target : targets) sum += std::exp(work.outputs[static_cast<size_t>(target)]);
    return std::min(sum, 1.0);
  }

  // The sum of rows of a size known to the compiler (lid.176 has 16 columns), which stays in registers.
  template <size_t DIM>
  void add_rows(const std::vector<int32_t>& features, float* hidden) const {
    constexpr size_t AHEAD = 8;
    float sum[DIM] = {};
    for (size_t k = 0; k < features.size(); k++) {
      if (k + AHEAD < features.size())
        __builtin_prefetch(rows_.data() + static_cast<size_t>(features[k + AHEAD]) * DIM);
      const float* const row = rows_.data() + static_cast<size_t>(features[k]) * DIM;
      for (size_t d = 0; d < DIM; d++) sum[d] += row[d];
    }
    std::copy(sum, sum + DIM, hidden);
  }

  // The text's vector: the mean of its features.
  void hide(Work& work) const {
    float* const hidden = work.hidden.data();
    if (dim_ == 16) {
      add_rows<16>(work.features, hidden);
    } else {
      std::fill(work.hidden.begin(), work.hidden.end(), 0.0f);
      for (const int32_t feature : work.features) {
        const float* const row = rows_.data() + static_cast<size_t>(feature) * dim_;
        for (size_t d = 0; d < dim_; d++) hidden[d] += row[d];
      }
    }
    const auto share = static_cast<float>(1.0 / static_cast<double>(work.features.size()));
    for (size_t d = 0; d < dim_; d++) hidden[d] *= share;
  }

  // Probability of every label, where the labels are no tree.
  void outputs(Work& work) const {
    float highest = -INFINITY;
    for (int32_t i = 0; i < labels_; i++) {
      const float value = dot(i, work.hidden.data());
      work.outputs[static_cast<size_t>(i)] = loss_ == SOFTMAX ? value : sigmoid(value);
      highest = std::max(highest, value);
    }
    if (loss_ != SOFTMAX) return;
    float sum = 0;
    for (float& value : work.outputs) sum += value = std::exp(value - highest);
    for (float& value : work.outputs) value /= sum;
  }

  // Of equal scores the last one wins, as in fastText's heap of one.
  static void offer(int32_t label, float score, Work& work) {
    if (work.best >= 0 && score < work.score) return;
    work.best = label;
    work.score = score;
  }

  float dot(int32_t row, const float* hidden) const {
    const float* const weights = output_.data() + static_cast<size_t>(row) * dim_;
    float sum = 0;
    for (size_t d = 0; d < dim_; d++) sum += weights[d] * hidden[d];
    return sum;
  }

  // fastText reads its logistic function from a table of 512 steps over -8..8.
  static float sigmoid(float x) {
    if (x < -8) return 0.0f;
    if (x > 8) return 1.0f;
    const auto step = static_cast<int64_t>((x + 8) * 512 / 8 / 2);
    const float at = static_cast<float>(step * 2 * 8) / 512 - 8;
    return static_cast<float>(1.0 / (1.0 + std::exp(-at)));
  }

  void descend(int32_t node, float score, Work& work) const {
    if (score < log_of(0.0f) || (work.best >= 0 && score < work.score)) return;
    const Node& here = tree_[static_cast<size_t>(node)];
    if (here.left < 0) {
      offer(node, score, work);
      return;
    }
    const float f = right(node, work);
    descend(here.left, score + log_of(static_cast<float>(1.0 - f)), work);
    descend(here.right, score + log_of(f), work);
  }

  // Log-probability of every label that is likely enough for fastText to see it.
  void descend_all(int32_t node, float score, Work& work) const {
    if (score < log_of(0.0f)) return;
    const Node& here = tree_[static_cast<size_t>(node)];
    if (here.left < 0) {
      work.outputs[static_cast<size_t>(node)] = score;
      return;
    }
    const float f = right(node, work);
    descend_all(here.left, score + log_of(static_cast<float>(1.0 - f)), work);
    descend_all(here.right, score + log_of(f), work);
  }

  // Probability of the right branch.
  float right(int32_t node, const Work& work) const {
    const float f = dot(node - labels_, work.hidden.data());
    return static_cast<float>(1.0 / (1 + std::exp(-f)));
  }

  // Huffman's tree over labels, most frequent first.
  void build_tree(const int64_t* counts) {
    tree_.resize(static_cast<size_t>(2 * labels_ - 1));
    for (int32_t i = 0; i < labels_; i++) tree_[static_cast<size_t>(i)].count = counts[i];
    int32_t leaf = labels_ - 1, inner = labels_;
    const auto smaller = [&] {
      const bool is_leaf =
          leaf >= 0 && tree_[static_cast<size_t>(leaf)].count < tree_[static_cast<size_t>(inner)].count;
      return is_leaf ? leaf-- : inner++;
    };
    for (int32_t i = labels_; i < 2 * labels_ - 1; i++) {
      Node& node = tree_[static_cast<size_t>(i)];
      node.left = smaller();
      node.right = smaller();
      node.count = tree_[static_cast<size_t>(node.left)].count + tree_[static_cast<size_t>(node.right)].count;
    }
  }

  struct Slot {
    uint32_t hash;
    int32_t id;
  };

  std::string text_;
  std::vector<int64_t> offsets_;
  int32_t words_, labels_;
  int loss_, word_ngrams_;
  int64_t bucket_;
  int minn_, maxn_;
  bool pruned_;
  size_t dim_;
  int64_t height_;
  std::vector<float> rows_, output_;
  Modulo modulo_;
  std::vector<uint64_t> bits_;
  std::vector<uint32_t> before_;
  std::vector<int32_t> kept_rows_;
  int64_t furthest_kept_ = -1;
  std::vector<Slot> slots_;
  std::vector<int32_t> subwords_;
  std::vector<size_t> subword_offsets_;
  std::vector<Node> tree_;
};

}  // namespace

PYBIND11_MODULE(fasttext, module) {
  py::class_<PlainWords>(module, "PlainWords")
      .def(py::init<const std::vector<std::pair<std::string, std::string>>&>(), py::arg("phrases"))
      .def("words", [](const PlainWords& plain, const std::string& line) {
        PlainWords::Reader reader;
        plain.read(line, reader);
        std::vector<std::string> words;
        for (const PlainWord& word : reader.words) words.emplace_back(reader.of(word));
        return words;
      });
  py::class_<Model>(module, "Model")
      .def(py::init<Array<uint8_t>, Array<int64_t>, int32_t, Array<int64_t>, int, int, int64_t, int, int,
                    bool, Array<int64_t>, Array<float>, Array<float>>(),
           py::kw_only(), py::arg("entries"), py::arg("entry_offsets"), py::arg("words"), py::arg("counts"),
           py::arg("loss"), py::arg("word_ngrams"), py::arg("bucket"), py::arg("minn"), py::arg("maxn"),
           py::arg("pruned"), py::arg("kept"), py::arg("rows"), py::arg("output"))
      .def("predict", &Model::predict, py::arg("offsets"), py::arg("data"), py::arg("characters"))
      .def("score_lines", &Model::score_lines, py::kw_only(), py::arg("offsets"), py::arg("data"),
           py::arg("targets"), py::arg("plain").none(true), py::arg("unknown"), py::arg("longest"),
           py::arg("toxic_from"));
}
