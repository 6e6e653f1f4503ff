package io.remora.samples.caller;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * Bytes that all threads of this process have allocated. What a thread allocates after the last look at it is lost when it
 * ends, so look often. Thread-safe.
 */
final class Allocation {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Map<Long, Long> last = new HashMap<>();

    synchronized long bytes() {
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        for (int i = 0; i < ids.length; i++) {
            last.merge(ids[i], bytes[i], Math::max);
        }
        return last.values().stream().mapToLong(Long::longValue).sum();
    }
}
