// Topic shares of documents under given word likelihoods. See filters/dialect.py.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <vector>

namespace py = pybind11;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

namespace {

// Collapsed variational inference of order zero: each word's topics by those of all other words, in turn.
py::array_t<double> shares(const Array<int64_t>& offsets, const Array<int32_t>& words,
                           const Array<double>& likelihood, double alpha, int passes) {
  if (likelihood.ndim() != 2) throw py::value_error("need a row of likelihoods for each word");
  const auto n = offsets.size() - 1;
  const auto topics = static_cast<size_t>(likelihood.shape(1));
  const int64_t* const starts = offsets.data();
  if (n < 0 || starts[0] < 0 || starts[n] > words.size()) throw py::value_error("offsets beyond the words");
  for (py::ssize_t i = 0; i < words.size(); i++) {
    if (words.data()[i] < 0 || words.data()[i] >= likelihood.shape(0)) throw py::value_error("no such word");
  }
  py::array_t<double> result({n, likelihood.shape(1)});
  double* out = result.mutable_data();
  const double* const rows = likelihood.data();
  {
    py::gil_scoped_release release;
    std::vector<double> each, total(topics);
    for (py::ssize_t doc = 0; doc < n; doc++, out += topics) {
      const int32_t* const word = words.data() + starts[doc];
      const auto count = static_cast<size_t>(starts[doc + 1] - starts[doc]);
      each.assign(count * topics, 0);
      total.assign(topics, 0);
      for (int pass = 0; pass < passes; pass++) {
        for (size_t i = 0; i < count; i++) {
          double* const mine = each.data() + i * topics;
          const double* const row = rows + static_cast<size_t>(word[i]) * topics;
          double sum = 0;
          for (size_t t = 0; t < topics; t++) {
            total[t] -= mine[t];
            mine[t] = pass == 0 ? row[t] : row[t] * (total[t] + alpha);
            sum += mine[t];
          }
          for (size_t t = 0; t < topics; t++) mine[t] /= sum;
          if (pass > 0) {
            for (size_t t = 0; t < topics; t++) total[t] += mine[t];
          }
        }
        if (pass == 0) {  // every word begins alone
          for (size_t i = 0; i < count * topics; i++) total[i % topics] += each[i];
        }
      }
      for (size_t t = 0; t < topics; t++) out[t] = total[t] / static_cast<double>(count);  // NaN: no words
    }
  }
  return result;
}

}  // namespace

PYBIND11_MODULE(dialect, m) {
  m.doc() = "Topic shares of documents under given word likelihoods.";
  m.def("shares", &shares, py::arg("offsets"), py::arg("words"), py::arg("likelihood"), py::arg("alpha"),
        py::arg("passes"));
}
