package io.remora.agent;

import io.remora.config.NearNames;
import io.remora.discovery.ServiceId;
import io.remora.registry.ServiceEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Finds Services by what people call them: {@code name}, {@code namespace/name} or {@code name.namespace}. */
final class ServiceNames {

    private static final int MOST_NEAR = 5;

    private ServiceNames() {}

    /** Returns the Services of that name; several, if only the name is given and more than one namespace has it. */
    static List<ServiceEntry> matching(String asked, List<ServiceEntry> all) {
        return all.stream()
                .filter(entry -> spellings(entry.service().id()).contains(asked))
                .toList();
    }

    /** Returns what may have been meant, as {@code namespace/name}. */
    static List<String> near(String asked, List<ServiceEntry> all) {
        Set<String> near = new TreeSet<>();
        List<String> found = new ArrayList<>();
        for (ServiceEntry entry : all) {
            ServiceId id = entry.service().id();
            if (isPart(asked, id.name())
                    || isPart(id.name(), asked)
                    || !NearNames.find(asked, spellings(id), 1).isEmpty()) {
                near.add(id.toString());
            }
            if (near.size() == MOST_NEAR) {
                break;
            }
        }
        found.addAll(near);
        return found;
    }

    /** Whether one name is within the other and a good part of it. */
    private static boolean isPart(String part, String whole) {
        return part.length() * 3 >= whole.length()
                && part.length() > 2
                && whole.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }

    private static List<String> spellings(ServiceId id) {
        String dotted = id.name() + "." + id.namespace();
        return List.of(id.name(), id.toString(), dotted, dotted + ".svc", dotted + ".svc.cluster.local");
    }
}
