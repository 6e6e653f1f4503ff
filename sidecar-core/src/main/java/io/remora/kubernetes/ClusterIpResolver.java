package io.remora.kubernetes;

import io.fabric8.kubernetes.api.model.Service;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.kubernetes.ObjectDecoder.Decoded;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the API server which Service has a ClusterIP: the {@code networking.k8s.io/v1 IPAddress} of that name says so, for
 * both families. Where that kind is missing (before Kubernetes 1.33) or may not be read, Services are asked for by field
 * selector {@code spec.clusterIP}, which is the address of their first family only; now and then IPAddresses are tried
 * again. One request for each question; owned by the loop's thread.
 */
final class ClusterIpResolver {

    /** What every account may read. */
    static final String VERSION = "/version";

    static final String IP_ADDRESSES = "/apis/networking.k8s.io/v1/ipaddresses";

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterIpResolver.class);
    private static final Duration FALL_BACK_FOR = Duration.ofMinutes(10);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration PAUSE_WHEN_TOO_MANY = Duration.ofSeconds(1);

    private final ResourceWatch.Shared shared;
    private final ObjectDecoder<Service, ObjectKey> names =
            new ObjectDecoder<>(Service.class, service -> ObjectKey.of(service.getMetadata()));
    private boolean fallingBack;
    private long fallingBackSince;
    private int toldCode; // of the last refusal that was logged

    /** Told the answer, one of these once. */
    interface Answer {

        /** That Service has it. */
        void owner(ServiceId service);

        /** No Service has it. */
        void nobody();

        /** Who has it may not be read. */
        void forbidden(String cause);

        /**
         * There is no answer; it makes sense to ask again.
         *
         * @param atLeast how long to wait before
         */
        void unanswered(String cause, Duration atLeast);
    }

    ClusterIpResolver(ResourceWatch.Shared shared) {
        this.shared = shared;
    }

    void resolve(IpAddress ip, Answer answer) {
        if (fallingBack && shared.loop().now() - fallingBackSince < FALL_BACK_FOR.toNanos()) {
            askServices(ip, answer);
        } else {
            new ObjectReading(shared, new ByName(ip, answer)).start(IP_ADDRESSES + "/" + ip, LONGEST);
        }
    }

    /** Asks nothing, for who needs to know only that the API server answers; {@code nobody} says so. */
    void reach(Answer answer) {
        new ObjectReading(shared, new Reached(answer)).start(VERSION, LONGEST);
    }

    private void askServices(IpAddress ip, Answer answer) {
        String selector = "?resourceVersion=0&fieldSelector=spec.clusterIP%3D"
                + ip.toString().replace(":", "%3A");
        new ListReading<>(shared, names, new BySelector(answer))
                .start(WatchFactory.servicesPath("") + selector, LONGEST);
    }

    private void fallBack(int code, String reason, IpAddress ip, Answer answer) {
        fallingBack = true;
        fallingBackSince = shared.loop().now();
        if (toldCode != code) {
            toldCode = code;
            LOGGER.atWarn()
                    .addKeyValue("reason", reason)
                    .log(
                            "IPAddress objects cannot be read: Services are looked up by spec.clusterIP, which does not find"
                                    + " the second address of a dual-stack Service; on Kubernetes 1.33 or newer grant get on"
                                    + " ipaddresses in networking.k8s.io");
        }
        askServices(ip, answer);
    }

    /** Without an answer that says anything, the same for both ways of asking. */
    private abstract class Asking implements ApiAttempt.Outcome {

        final Answer answer;

        Asking(Answer answer) {
            this.answer = answer;
        }

        @Override
        public void refused(int code, String message) {
            answer.unanswered(
                    ApiProblems.refused(code, message, shared.transport().url("")),
                    code == 429 ? PAUSE_WHEN_TOO_MANY : Duration.ZERO);
        }

        @Override
        public void failed(Throwable failure) {
            if (failure instanceof SSLHandshakeException) {
                shared.transport().renew(); // the authority's file may have been replaced
            }
            answer.unanswered(ApiProblems.failed(failure, shared.transport().url("")), Duration.ZERO);
        }
    }

    private final class Reached extends Asking implements ObjectReading.Listener {

        Reached(Answer answer) {
            super(answer);
        }

        @Override
        public void object(byte[] json) {
            answer.nobody();
        }

        /** Who may not read even that is told when there is something to watch. */
        @Override
        public void refused(int code, String message) {
            if (code == 403 || code == 404) {
                answer.nobody();
            } else {
                super.refused(code, message);
            }
        }
    }

    private final class ByName extends Asking implements ObjectReading.Listener {

        private final IpAddress ip;

        ByName(IpAddress ip, Answer answer) {
            super(answer);
            this.ip = ip;
        }

        @Override
        public void object(byte[] json) {
            ServiceId owner = ObjectDecoder.serviceOfIpAddress(json);
            fallingBack = false;
            toldCode = 0;
            if (owner == null) {
                answer.nobody();
            } else {
                answer.owner(owner);
            }
        }

        @Override
        public void refused(int code, String message) {
            // Of an object that is not there the API server gives the name, of a kind that is not there it does not.
            if (code == 404 && message.contains("\"" + ip + "\"")) {
                fallingBack = false;
                answer.nobody();
            } else if (code == 404) {
                fallBack(code, "this API server does not have the kind", ip, answer);
            } else if (code == 403) {
                fallBack(code, "403: " + message, ip, answer);
            } else {
                super.refused(code, message);
            }
        }
    }

    private final class BySelector extends Asking implements ListReading.Listener<ObjectKey> {

        private @Nullable ServiceId found;

        BySelector(Answer answer) {
            super(answer);
        }

        @Override
        public void item(Decoded<ObjectKey> object) {
            if (found == null && object.key() != null) {
                found = new ServiceId(object.key().namespace(), object.key().name());
            }
        }

        @Override
        public void complete(String version) {
            if (found == null) {
                answer.nobody();
            } else {
                answer.owner(found);
            }
        }

        @Override
        public void refused(int code, String message) {
            if (code == 403) {
                answer.forbidden("403: " + message
                        + "; grant get on ipaddresses in networking.k8s.io, or list on services (see docs/agent.md)");
            } else {
                super.refused(code, message);
            }
        }
    }
}
