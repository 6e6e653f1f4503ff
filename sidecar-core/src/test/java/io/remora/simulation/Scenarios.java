package io.remora.simulation;

import java.util.ArrayList;
import java.util.List;

/** Every scenario, in the order of the report. */
final class Scenarios {

    private static final double SICK = 15;
    private static final double WELL = 60;
    private static final PodSpec SICK_POD = PodSpec.GOOD.group("sick");
    private static final List<String> ONE_CLIENT = List.of("zone-a");
    private static final Scenario.Load USUAL = Scenario.Load.requests(50);

    static final List<Scenario> ALL = List.of(
            oneOfFive(
                    "slow",
                    "One of five endpoints takes ten times as long for everything.",
                    cluster -> cluster.pod(0).slowdown(10)),
            oneOfFive("failing-fast", "One of five endpoints refuses every connection.", sick(Fault.refuse())),
            oneOfFive(
                    "failing-after-accept",
                    "One of five endpoints takes every connection and resets it within a millisecond.",
                    sick(Fault.reset(0.001))),
            oneOfFive(
                    "failing-slow",
                    "One of five endpoints takes every connection and resets it after two seconds without an answer.",
                    sick(Fault.reset(2))),
            oneOfFive(
                    "black-hole",
                    "One of five endpoints does not answer at all: not even a SYN.",
                    sick(Fault.blackHole())),
            partlySick(),
            oneOfFive("hanging", "One of five endpoints takes every connection and never answers.", sick(Fault.hang())),
            coldStart(),
            rollingUpdate(),
            flapping(),
            zoneLoss(),
            oneOfTwo("one-of-two-refusing", "One of two endpoints refuses every connection.", Fault.refuse()),
            oneOfTwo(
                    "one-of-two-resetting",
                    "One of two endpoints takes every connection and resets it within a millisecond.",
                    Fault.reset(0.001)),
            oneOfTwo("one-of-two-black-hole", "One of two endpoints does not answer a SYN.", Fault.blackHole()),
            allSick(),
            thousand(),
            antagonists(),
            longLived(),
            overload());

    private Scenarios() {}

    static Scenario named(String name) {
        return ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    private static Scenario.Script sick(Fault fault) {
        return cluster -> cluster.sicken(0, fault);
    }

    private static List<PodSpec> firstSick(int count) {
        List<PodSpec> pods = new ArrayList<>(Scenario.pods(count));
        pods.set(0, SICK_POD);
        return pods;
    }

    private static Scenario oneOfFive(String name, String about, Scenario.Script sickness) {
        return oneSick(name, about, 5, USUAL, sickness);
    }

    private static Scenario oneOfTwo(String name, String about, Fault fault) {
        return oneSick(name, about, 2, Scenario.Load.requests(20), sick(fault));
    }

    private static Scenario oneSick(
            String name, String about, int count, Scenario.Load load, Scenario.Script sickness) {
        return new Scenario(name, about, firstSick(count), ONE_CLIENT, load, SICK, WELL, cluster -> {
            cluster.at(SICK, () -> sickness.play(cluster));
            cluster.at(WELL, () -> cluster.heal(0));
        });
    }

    private static Scenario partlySick() {
        return oneOfFive(
                "partly-failing",
                "One of five endpoints resets six of ten requests at once, and serves the others.",
                sick(Fault.resetSome(0.6)));
    }

    private static Scenario coldStart() {
        PodSpec fresh = coldPod();
        return new Scenario(
                "cold-start",
                "Two pods are added to four; new pods need five times as long at first and are warm after 20 s.",
                Scenario.pods(4),
                ONE_CLIENT,
                USUAL,
                SICK,
                45,
                cluster -> cluster.at(SICK, () -> {
                    cluster.start(fresh);
                    cluster.start(fresh);
                    cluster.publish();
                }));
    }

    private static PodSpec coldPod() {
        PodSpec good = PodSpec.GOOD;
        return new PodSpec("new", good.zone(), good.workers(), 1, 5, 20, good.roundTripNanos());
    }

    private static Scenario rollingUpdate() {
        return new Scenario(
                "rolling-update",
                "Five pods are replaced one after another, every 10 s: a cold one comes, and 2 s later an old one stops to "
                        + "listen, of which discovery tells a second late.",
                Scenario.pods(5).stream().map(pod -> pod.group("old")).toList(),
                ONE_CLIENT,
                USUAL,
                SICK,
                65,
                cluster -> {
                    for (int i = 0; i < 5; i++) {
                        int old = i;
                        double from = SICK + 10 * i;
                        cluster.at(from, () -> {
                            cluster.start(coldPod());
                            cluster.publish();
                        });
                        cluster.at(from + 2, () -> cluster.sicken(old, Fault.refuse()));
                        cluster.at(from + 3, () -> {
                            cluster.know(old, false);
                            cluster.publish();
                        });
                    }
                });
    }

    private static Scenario flapping() {
        return new Scenario(
                "flapping",
                "One of five endpoints resets every connection for 4 s, is well for 6 s, and so on, six times.",
                firstSick(5),
                ONE_CLIENT,
                USUAL,
                SICK,
                69,
                cluster -> {
                    for (int i = 0; i < 6; i++) {
                        cluster.at(SICK + 10 * i, () -> cluster.sicken(0, Fault.reset(0.001)));
                        cluster.at(SICK + 10 * i + 4, () -> cluster.heal(0));
                    }
                });
    }

    private static Scenario zoneLoss() {
        List<PodSpec> pods = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            String zone = "zone-" + (char) ('a' + i / 3);
            pods.add(PodSpec.GOOD.zone(zone).group(zone));
        }
        return new Scenario(
                "zone-loss",
                "Nine endpoints in three zones; those of one zone become black holes. Discovery withdraws them after 40 s; "
                        + "20 s later the zone is back. Two clients, each in one of the other zones.",
                pods,
                List.of("zone-a", "zone-b"),
                Scenario.Load.requests(90),
                SICK,
                75,
                cluster -> {
                    cluster.at(SICK, () -> forEach(6, 9, i -> cluster.sicken(i, Fault.blackHole())));
                    cluster.at(SICK + 40, () -> {
                        forEach(6, 9, i -> cluster.know(i, false));
                        cluster.publish();
                    });
                    cluster.at(75, () -> {
                        forEach(6, 9, i -> {
                            cluster.heal(i);
                            cluster.know(i, true);
                        });
                        cluster.publish();
                    });
                });
    }

    private static Scenario allSick() {
        return new Scenario(
                "all-sick",
                "All five endpoints refuse every connection; 15 s later they heal one after another, every 4 s.",
                Scenario.pods(5).stream().map(pod -> pod.group("sick")).toList(),
                ONE_CLIENT,
                USUAL,
                SICK,
                46,
                cluster -> {
                    cluster.at(SICK, () -> forEach(0, 5, i -> cluster.sicken(i, Fault.refuse())));
                    forEach(0, 5, i -> cluster.at(SICK + 15 + 4.0 * i, () -> cluster.heal(i)));
                });
    }

    private static Scenario thousand() {
        return oneSick(
                "thousand-endpoints",
                "One of a thousand endpoints resets every connection.",
                1000,
                Scenario.Load.requests(300),
                sick(Fault.reset(0.001)));
    }

    private static Scenario antagonists() {
        List<PodSpec> pods = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            double pace = i < 5 ? 1 : i < 8 ? 1.5 : 2;
            pods.add(PodSpec.GOOD.pace(pace).group("pace " + (i < 5 ? "1" : i < 8 ? "1.5" : "2")));
        }
        return new Scenario(
                "antagonists",
                "Ten endpoints on uneven machines, five of which need 1.5 or 2 times as long; neighbours on the machines slow "
                        + "each one down by 2 or 4 for a while, by chance. Three clients do not know of each other.",
                pods,
                List.of("zone-a", "zone-a", "zone-a"),
                Scenario.Load.requests(65),
                SICK,
                Scenario.LENGTH,
                cluster -> {
                    for (double time = SICK; time < Scenario.LENGTH; time += 5) {
                        for (int i = 0; i < 10; i++) {
                            int pod = i;
                            double draw = cluster.chance().nextDouble();
                            double factor = draw < 0.6 ? 1 : draw < 0.85 ? 2 : 4;
                            cluster.at(time, () -> cluster.pod(pod).slowdown(factor));
                        }
                    }
                });
    }

    private static Scenario longLived() {
        return new Scenario(
                "long-lived-connections",
                "Eighty connections that live for 40 s on average, with a request a second each, on four pods; four more come, "
                        + "and 35 s later every connection asks for twice as much. Connections cannot be moved.",
                Scenario.pods(4).stream().map(pod -> pod.group("old")).toList(),
                ONE_CLIENT,
                Scenario.Load.longConnections(80, 1, 40),
                SICK,
                Scenario.LENGTH,
                cluster -> {
                    cluster.at(SICK, () -> {
                        forEach(0, 4, i -> cluster.add(PodSpec.GOOD.group("new")));
                        cluster.publish();
                    });
                    cluster.at(SICK + 35, () -> cluster.rateFactor(2));
                });
    }

    private static Scenario overload() {
        return new Scenario(
                "overload",
                "The clients ask for 20 % more than all five endpoints can do, for 15 s. Nobody is sick.",
                Scenario.pods(5),
                ONE_CLIENT,
                USUAL,
                SICK,
                45,
                cluster -> {
                    cluster.at(SICK, () -> cluster.rateFactor(3));
                    cluster.at(SICK + 15, () -> cluster.rateFactor(1));
                });
    }

    private static void forEach(int from, int to, java.util.function.IntConsumer action) {
        for (int i = from; i < to; i++) {
            action.accept(i);
        }
    }
}
