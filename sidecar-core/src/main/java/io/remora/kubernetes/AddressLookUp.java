package io.remora.kubernetes;

import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.internal.Backoff;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One question for the Service that has an address, shared by all who ask for it meanwhile. It is asked once in any case,
 * and again with back-off as long as somebody waits. Owned by the loop's thread.
 */
final class AddressLookUp implements ClusterIpResolver.Answer, OnDemandInterest.Place {

    private final IpAddress ip;
    private final Question question;
    private final ResourceWatch.Shared shared;
    private final Owner owner;
    private final Backoff backoff;
    private final Set<OnDemandInterest> waiting = new LinkedHashSet<>();

    /** How it is asked. */
    @FunctionalInterface
    interface Question {

        /** Asks once. */
        void ask(IpAddress ip, ClusterIpResolver.Answer answer);
    }

    /** Told how it goes; all but the last end it. */
    interface Owner {

        /** That Service has the address. */
        void found(AddressLookUp lookUp, ServiceId service);

        /** No Service has it. */
        void nobody(AddressLookUp lookUp);

        /** Which one has it may not be read. */
        void forbidden(AddressLookUp lookUp, String cause);

        /** There was no answer, and nobody waits for one any more. */
        void abandoned(AddressLookUp lookUp);

        /** There is no answer yet. */
        void problem(String cause);
    }

    AddressLookUp(IpAddress ip, Question question, ResourceWatch.Shared shared, Owner owner) {
        this.ip = ip;
        this.question = question;
        this.shared = shared;
        this.owner = owner;
        this.backoff = new Backoff(
                shared.timing().firstBackoff(),
                shared.timing().maxBackoff(),
                () -> shared.random().get().nextLong());
    }

    IpAddress ip() {
        return ip;
    }

    void ask() {
        question.ask(ip, this);
    }

    void add(OnDemandInterest interest) {
        waiting.add(interest);
        interest.moveTo(this);
    }

    /** Returns who waits. */
    List<OnDemandInterest> waiting() {
        return List.copyOf(waiting);
    }

    @Override
    public void leave(OnDemandInterest interest) {
        waiting.remove(interest);
    }

    @Override
    public void owner(ServiceId service) {
        owner.found(this, service);
    }

    @Override
    public void nobody() {
        owner.nobody(this);
    }

    @Override
    public void forbidden(String cause) {
        owner.forbidden(this, cause);
    }

    @Override
    public void unanswered(String cause, Duration atLeast) {
        owner.problem(cause);
        Duration delay = backoff.next();
        shared.loop().after(delay.compareTo(atLeast) < 0 ? atLeast : delay, () -> {
            if (waiting.isEmpty()) {
                owner.abandoned(this);
            } else {
                ask();
            }
        });
    }
}
