"""What an object is to the allocator and the collector: sizes, reference count, referrers."""
