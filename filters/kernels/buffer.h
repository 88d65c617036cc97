// A growing array without initialisation, handed to numpy without a copy.
#pragma once

#include <pybind11/numpy.h>

#include <cstdlib>
#include <new>
#include <utility>

template <typename T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t size) { resize(size); }
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { std::free(data_); }

  // Room for `capacity` elements; the content stays.
  void reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    void* grown = std::realloc(data_, capacity * sizeof(T));
    if (grown == nullptr) throw std::bad_alloc();
    data_ = static_cast<T*>(grown);
    capacity_ = capacity;
  }
  void resize(size_t size) {
    if (size > capacity_) reserve(size > 2 * capacity_ ? size : 2 * capacity_);
    size_ = size;
  }
  void push(T value) {
    resize(size_ + 1);
    data_[size_ - 1] = value;
  }
  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }

  // The content as a numpy array of `columns` columns (0: one dimension), which then owns the memory. Needs
  // the GIL.
  pybind11::array_t<T> numpy(pybind11::ssize_t columns = 0) && {
    const auto size = static_cast<pybind11::ssize_t>(size_);
    if (size_ < capacity_ && size_ > 0) {  // gives unused memory back
      if (void* fit = std::realloc(data_, size_ * sizeof(T))) data_ = static_cast<T*>(fit);
    }
    T* data = std::exchange(data_, nullptr);
    size_ = capacity_ = 0;
    if (data == nullptr) data = static_cast<T*>(std::malloc(sizeof(T)));
    pybind11::capsule owner(data, [](void* memory) { std::free(memory); });
    if (columns == 0) return pybind11::array_t<T>({size}, data, owner);
    return pybind11::array_t<T>({size / columns, columns}, data, owner);
  }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};
