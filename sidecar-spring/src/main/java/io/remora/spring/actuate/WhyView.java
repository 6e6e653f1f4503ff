package io.remora.spring.actuate;

import io.remora.spring.actuate.RemoraView.ServiceView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /actuator/remora/SERVICE} tells: what becomes of requests to a host, and why.
 *
 * @param asked what was asked for
 * @param decision what becomes of them, in words
 * @param notes what the Service's annotations do, and which of them do nothing
 * @param service null if no such Service is known
 * @param source how fresh all of this is
 */
record WhyView(
        String asked,
        String decision,
        List<String> notes,
        @Nullable ServiceView service,
        SourceView source) {}
