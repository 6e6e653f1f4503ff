package io.remora.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.internal.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each outcome of each check of a cluster. */
class ClusterChecksTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-06-01T00:00:00Z"), ZoneOffset.UTC);
    private static final CheckTarget SHOP = target(List.of(), List.of());
    private static final String ISTIO = "{'items':[{'metadata':{'name':'istio-sidecar-injector'},'webhooks':[]}]}";

    private static CheckTarget target(List<String> accounts, List<String> serviceCidrs) {
        return new CheckTarget("shop", accounts, serviceCidrs, List.of(), false, "1.0");
    }

    private static List<String> all(FakeCluster cluster, CheckTarget target) {
        Findings findings = new Findings();
        Checks.ofCluster(findings, cluster, target, CLOCK);
        return lines(findings);
    }

    private static List<String> of(Check check) {
        Findings findings = new Findings();
        findings.run(check);
        assertThat(findings.all()).isNotEmpty().allSatisfy(each -> {
            assertThat(each.check()).isEqualTo(check.name());
            assertThat(each.fix() == null).isEqualTo(each.level() == Level.OK);
        });
        return lines(findings);
    }

    private static List<String> lines(Findings findings) {
        return findings.all().stream()
                .map(each -> each.level().label() + " " + each.message())
                .collect(Collectors.toList());
    }

    /** An injected pod with its statuses, in single quotes. */
    private static String pod(String name, String cidrs, String init, String agent) {
        return """
                {'metadata':{'name':'%s','annotations':{'remora.io/injected':'1.0'}},
                 'spec':{'serviceAccountName':'web','initContainers':[
                   {'name':'remora-init','env':[{'name':'REMORA_CAPTURE_CIDRS','value':'%s'}]},{'name':'remora'}]},
                 'status':{'phase':'Running','initContainerStatuses':[{'name':'remora-init',%s},{'name':'remora',%s}]}}
                """.formatted(name, cidrs, init, agent);
    }

    private static String well(String name) {
        return pod(
                name,
                "10.96.0.0/16",
                "'state':{'terminated':{'exitCode':0}}",
                "'started':true,'restartCount':0,'state':{'running':{}}");
    }

    private static FakeCluster withPods(String... pods) {
        return FakeCluster.healthy().with(FakeCluster.PODS, "{'items':[" + String.join(",", pods) + "]}");
    }

    private static String webhook(String caBundle) {
        return """
                {'items':[{'metadata':{'name':'remora-webhook'},'webhooks':[{'name':'inject.remora.io',
                 'failurePolicy':'Ignore','clientConfig':{'caBundle':'%s',
                 'service':{'namespace':'remora-system','name':'remora-webhook'}}}]}]}
                """.formatted(caBundle);
    }

    @Test
    void inAHealthyClusterNothingIsWrong() {
        assertThat(all(FakeCluster.healthy(), SHOP))
                .containsExactly(
                        "ok v1.36.3 at https://api.example:6443 has native sidecars and ServiceCIDR objects",
                        "ok the cluster has 10.96.0.0/16 (ServiceCIDR objects); inject with --service-cidr 10.96.0.0/16",
                        "ok system:serviceaccount:shop:default may look at Services and EndpointSlices of all namespaces",
                        "ok namespace shop takes a pod with the init step (tried, without creating it)",
                        "ok there is none",
                        "ok Cilium is not there (no ConfigMap kube-system/cilium-config)",
                        "ok not installed; pods are injected by remora inject",
                        "ok none in namespace shop has an agent yet");
    }

    @Test
    void anApiServerThatIsAwayEndsIt() {
        assertThat(all(FakeCluster.healthy().away(), SHOP))
                .containsExactly("FAIL connection refused by https://api.example:6443");
    }

    @ParameterizedTest
    @CsvSource({
        "v1.28.9,     warning v1.28.9 at https://api.example:6443 has no native sidecars (1.29 and newer)",
        "v1.29.0,     ok v1.29.0 at https://api.example:6443 has native sidecars",
        "v1.33.1+k3s, ok v1.33.1+k3s at https://api.example:6443 has native sidecars and ServiceCIDR objects"
    })
    void theVersionIsCompared(String version, String line) {
        FakeCluster cluster = FakeCluster.healthy().with("/version", "{'gitVersion':'" + version + "'}");

        assertThat(of(new ApiServerCheck(cluster)).get(0)).startsWith(line);
    }

    @Test
    void credentialsThatAreNotTakenAndOtherServersAreTold() {
        assertThat(of(new ApiServerCheck(FakeCluster.healthy().refuse("/version", 401, "Unauthorized"))))
                .containsExactly("FAIL https://api.example:6443 does not accept the credentials");
        assertThat(of(new ApiServerCheck(new FakeCluster())))
                .containsExactly("warning https://api.example:6443 does not tell its version: HTTP 404 not found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "10.96.0.0/16;ok --service-cidr: captured is 10.96.0.0/16, as the cluster has (ServiceCIDR objects)",
                "10.0.0.0/8;ok --service-cidr: captured is 10.0.0.0/8, as the cluster has (ServiceCIDR objects)",
                "10.96.1.0/24;warning --service-cidr: captured is 10.96.1.0/24, which is not all of the cluster's 10.96.0.0/16",
                "10.97.0.0/16;FAIL --service-cidr: captured is 10.97.0.0/16, and the Services are in 10.96.0.0/16: none is"
            })
    void whatIsCapturedIsCompared(String given, String line) {
        assertThat(of(new ServiceCidrsCheck(FakeCluster.healthy(), target(List.of(), List.of(given))))
                        .get(0))
                .startsWith(line);
    }

    @Test
    void aForeignCidrBesideTheRightOneIsWarnedOf() {
        CheckTarget target = target(List.of(), List.of("10.96.0.0/16", "203.0.113.0/24"));

        assertThat(of(new ServiceCidrsCheck(FakeCluster.healthy(), target)))
                .containsExactly(
                        "warning --service-cidr: captured is 10.96.0.0/16,203.0.113.0/24, of which no Service of the"
                                + " cluster is in 203.0.113.0/24");
    }

    @Test
    void podsAndTheWebhookAreComparedToo() {
        FakeCluster cluster = withPods(well("web-1"), well("web-2"), pod("old", "10.97.0.0/16", "'x':1", "'x':1"))
                .with(FakeCluster.WEBHOOKS, webhook(""))
                .with(
                        "/apis/apps/v1/namespaces/remora-system/deployments/remora-webhook",
                        "{'spec':{'template':{'spec':{'containers':[{'args':['webhook','--service-cidr','10.96.0.0/12']}]}}}}");

        assertThat(of(new ServiceCidrsCheck(cluster, SHOP)))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("ok the webhook: captured is 10.96.0.0/12"),
                        line -> assertThat(line).startsWith("ok pod web-1, pod web-2: captured is 10.96.0.0/16"),
                        line -> assertThat(line).startsWith("FAIL pod old: captured is 10.97.0.0/16"));
    }

    @Test
    void withoutServiceCidrObjectsKubeadmTells() {
        FakeCluster cluster = new FakeCluster()
                .with(
                        "/api/v1/namespaces/kube-system/configmaps/kubeadm-config",
                        "{'data':{'ClusterConfiguration':'networking:\\n  serviceSubnet: 10.96.0.0/12,fd00::/108\\n'}}");

        assertThat(of(new ServiceCidrsCheck(cluster, SHOP)).get(0))
                .startsWith("ok the cluster has 10.96.0.0/12,fd00::/108")
                .contains("the ConfigMap kube-system/kubeadm-config");
    }

    @Test
    void withNeitherItSaysHowToFindThem() {
        FakeCluster cluster = new FakeCluster()
                .forbid(FakeCluster.SERVICE_CIDRS)
                .with("/api/v1/namespaces/default/services/kubernetes", "{'spec':{'clusterIP':'10.43.0.1'}}");

        assertThat(of(new ServiceCidrsCheck(cluster, SHOP)))
                .containsExactly(
                        "warning the cluster's Service CIDRs are not known: ServiceCIDR objects may not be read;"
                                + " its own Service has 10.43.0.1");
    }

    @Test
    void rightsAreAskedForAsATokenHasThem() {
        FakeCluster cluster = withPods(well("web-1"));

        assertThat(of(new RightsCheck(cluster, SHOP, false)))
                .containsExactly("ok system:serviceaccount:shop:web may look at Services and EndpointSlices of all"
                        + " namespaces");
        assertThat(cluster.posted())
                .hasSize(6)
                .allSatisfy(each -> assertThat(each)
                        .contains("\"kind\":\"SubjectAccessReview\"")
                        .contains("\"user\":\"system:serviceaccount:shop:web\"")
                        .contains(
                                "[\"system:serviceaccounts\",\"system:serviceaccounts:shop\",\"system:authenticated\"]")
                        .doesNotContain("\"namespace\""));
    }

    @Test
    void deniedRightsAreNamedWithTheCommandThatGrantsThem() {
        FakeCluster cluster = FakeCluster.healthy()
                .reviewing(question -> "{\"status\":{\"allowed\":" + question.contains("\"services\"") + "}}");
        Findings findings = new Findings();

        findings.run(new RightsCheck(cluster, target(List.of("system:serviceaccount:shop:web"), List.of()), false));

        assertThat(findings.all())
                .containsExactly(new Finding(
                        "rights",
                        Level.FAIL,
                        "system:serviceaccount:shop:web may not get endpointslices, list endpointslices, watch endpointslices"
                                + " in all namespaces",
                        "there is no ClusterRole remora-agent yet: kubectl apply -k sidecar-agent/install/kustomize/base; then"
                                + " kubectl create clusterrolebinding remora-agents-shop --clusterrole=remora-agent"
                                + " --group=system:serviceaccounts:shop"));
    }

    @Test
    void rightsAreAskedForInTheWatchedNamespacesAndOnDemand() {
        FakeCluster cluster = FakeCluster.healthy();
        CheckTarget target = new CheckTarget("shop", List.of(), List.of(), List.of("shop", "pay"), true, "1.0");

        assertThat(of(new RightsCheck(cluster, target, false)).get(0)).endsWith("EndpointSlices of shop, pay");
        assertThat(cluster.posted())
                .hasSize(13)
                .anySatisfy(each -> assertThat(each).contains("ipaddresses"));
    }

    @Test
    void rightsThatMayNotBeAskedForAreAWarning() {
        FakeCluster cluster = FakeCluster.healthy().forbid("/apis/authorization.k8s.io/v1/subjectaccessreviews");

        assertThat(of(new RightsCheck(cluster, SHOP, false)))
                .containsExactly("warning the rights of system:serviceaccount:shop:default could not be looked at: User"
                        + " \"me\" cannot get it");
    }

    @Test
    void ownRightsAreAskedForWithoutAName() {
        FakeCluster cluster = FakeCluster.healthy();

        assertThat(of(new RightsCheck(cluster, SHOP, true)).get(0)).startsWith("ok this pod's ServiceAccount may");
        assertThat(cluster.posted())
                .allSatisfy(each ->
                        assertThat(each).contains("SelfSubjectAccessReview").doesNotContain("\"user\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "403;pods \"x\" is forbidden: violates PodSecurity \"baseline:latest\": capabilities;FAIL namespace shop does not"
                        + " take pods with the init step, which needs NET_ADMIN: pods \"x\" is forbidden: violates PodSecurity",
                "403;pods is forbidden: User cannot create resource \"pods\";warning it was not tried",
                "403;exceeded quota: small;FAIL namespace shop does not take a pod with the init step: exceeded quota",
                "400;admission webhook denied it;FAIL namespace shop does not take a pod with the init step: admission"
            })
    void whatTheApiServerSaysOfAPodIsTold(int status, String message, String line) {
        FakeCluster cluster = FakeCluster.healthy().refuse(FakeCluster.PODS + "?dryRun=All", status, message);

        assertThat(of(new AdmissionCheck(cluster, SHOP)).get(0)).startsWith(line);
    }

    @Test
    void theNamespacesLevelTellsWhereNothingMayBeTried() {
        FakeCluster cluster = FakeCluster.healthy()
                .with(
                        FakeCluster.NAMESPACE,
                        "{'metadata':{'labels':{'pod-security.kubernetes.io/enforce':'restricted'}}}")
                .refuse(FakeCluster.PODS + "?dryRun=All", 403, "User cannot create resource \"pods\"");

        assertThat(of(new AdmissionCheck(cluster, SHOP)).get(0))
                .startsWith("FAIL")
                .endsWith("pod-security.kubernetes.io/enforce: restricted");
    }

    @Test
    void aNamespaceThatIsNotThereIsTold() {
        assertThat(of(new AdmissionCheck(new FakeCluster(), SHOP))).containsExactly("FAIL there is no namespace shop");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'labels':{'istio-injection':'enabled'};FAIL Istio is on in namespace shop",
                "'labels':{'istio.io/rev':'stable'};FAIL Istio is on in namespace shop",
                "'labels':{'istio.io/dataplane-mode':'ambient'};FAIL Istio is on in namespace shop",
                "'annotations':{'linkerd.io/inject':'enabled'};FAIL Linkerd is on in namespace shop",
                "'labels':{'istio-injection':'disabled'};ok there is one (istio-sidecar-injector), which is not on in"
            })
    void anotherMeshIsTold(String metadata, String line) {
        FakeCluster cluster = FakeCluster.healthy()
                .with(FakeCluster.NAMESPACE, "{'metadata':{" + metadata + "}}")
                .with(FakeCluster.WEBHOOKS, ISTIO);

        assertThat(of(new MeshCheck(cluster, SHOP)).get(0)).startsWith(line);
    }

    @Test
    void whatMayNotBeLookedAtIsAWarning() {
        FakeCluster cluster = FakeCluster.healthy()
                .forbid(FakeCluster.WEBHOOKS)
                .forbid(FakeCluster.CILIUM)
                .forbid(FakeCluster.PODS);

        for (Check check : List.of(
                new MeshCheck(cluster, SHOP),
                new CiliumCheck(cluster),
                new WebhookCheck(cluster, SHOP, CLOCK),
                new InjectedPodsCheck(cluster, SHOP))) {
            assertThat(of(check).get(0)).startsWith("warning").contains("could not be looked at: User \"me\" cannot");
        }
        assertThat(of(new MeshCheck(FakeCluster.healthy().forbid(FakeCluster.NAMESPACE), SHOP))
                        .get(0))
                .startsWith("warning the namespace shop");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'kube-proxy-replacement':'false';ok Cilium is there, without",
                "'kube-proxy-replacement':'true';FAIL Cilium's socket load balancer is on in pods (kube-proxy-replacement:",
                "'kube-proxy-replacement':'strict';FAIL Cilium's socket load balancer is on in pods",
                "'bpf-lb-sock':'true';FAIL Cilium's socket load balancer is on in pods (bpf-lb-sock: true)",
                "'kube-proxy-replacement':'true','bpf-lb-sock-hostns-only':'true';ok Cilium's socket load balancer is for"
            })
    void ciliumsSocketLoadBalancerIsTold(String data, String line) {
        FakeCluster cluster = FakeCluster.healthy().with(FakeCluster.CILIUM, "{'data':{" + data + "}}");

        assertThat(of(new CiliumCheck(cluster)).get(0)).startsWith(line);
    }

    @Test
    void aLabelWithoutAWebhookIsTold() {
        FakeCluster cluster = FakeCluster.healthy()
                .with(FakeCluster.NAMESPACE, "{'metadata':{'labels':{'remora.io/inject':'enabled'}}}");

        assertThat(of(new WebhookCheck(cluster, SHOP, CLOCK)).get(0)).startsWith("FAIL namespace shop is labelled");
    }

    @Test
    void aWebhookWithoutCaBundleAndPodsIsTold() {
        FakeCluster cluster = FakeCluster.healthy()
                .with(FakeCluster.WEBHOOKS, webhook(""))
                .with(FakeCluster.SLICES, "{'items':[{'endpoints':[{'conditions':{'ready':false}}]}]}");

        assertThat(of(new WebhookCheck(cluster, SHOP, CLOCK)))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("FAIL MutatingWebhookConfiguration remora-webhook has no caBundle"),
                        line -> assertThat(line)
                                .contains("FAIL no pod of the Service remora-system/remora-webhook is ready"),
                        line -> assertThat(line).startsWith("ok pods of namespace shop are not injected by it"));
    }

    @Test
    void theWebhooksCertificateIsRead(@TempDir Path folder) throws Exception {
        X509Certificate made = (X509Certificate)
                TestCertificate.of("dns:webhook", folder).keys().getCertificate("pod");
        Base64.Encoder base64 = Base64.getMimeEncoder();
        String pem = "-----BEGIN CERTIFICATE-----\n" + base64.encodeToString(made.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        String bundle = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
        FakeCluster cluster = FakeCluster.healthy()
                .with(FakeCluster.WEBHOOKS, webhook(bundle))
                .with(FakeCluster.SLICES, "{'items':[{'endpoints':[{'conditions':{'ready':true}},{}]}]}");
        Instant end = made.getNotAfter().toInstant();

        assertThat(at(cluster, end.minus(Duration.ofDays(60))))
                .containsExactly(
                        "ok its CA is valid until " + end,
                        "ok 2 pods of the Service remora-system/remora-webhook ready",
                        "ok pods of namespace shop are not injected by it: the namespace has no label remora.io/inject:"
                                + " enabled");
        assertThat(at(cluster, end.minusSeconds(1)).get(0)).startsWith("warning the CA of");
        assertThat(at(cluster, end.plusSeconds(1)).get(0))
                .startsWith("FAIL the CA of")
                .contains("has been invalid since");
        assertThat(at(cluster.with(FakeCluster.WEBHOOKS, webhook("bm9uZQ==")), end)
                        .get(0))
                .startsWith("FAIL the caBundle of");
    }

    private static List<String> at(FakeCluster cluster, Instant now) {
        return of(new WebhookCheck(cluster, SHOP, Clock.fixed(now, ZoneOffset.UTC)));
    }

    @Test
    void podsThatAreWellAreCounted() {
        String over = well("job").replace("Running", "Succeeded");

        assertThat(of(new InjectedPodsCheck(withPods(well("web-1"), well("web-2"), over), SHOP)))
                .containsExactly("ok 2 of 2 pods with an agent in namespace shop are well");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'state':{'terminated':{'exitCode':3}};'state':{'waiting':{'reason':'PodInitializing'}};"
                        + "FAIL pod shop/x: remora-init ended with exit code 3, CAP_NET_ADMIN is missing",
                "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':9}};'x':1;"
                        + "FAIL pod shop/x: remora-init ended with exit code 9, the proof connection did not arrive",
                "'image':'nowhere/i','state':{'waiting':{'reason':'ErrImagePull'}};'x':1;"
                        + "FAIL pod shop/x: ErrImagePull: the image nowhere/i of remora-init is not to be had",
                "'state':{'running':{}};'x':1;warning pod shop/x: the init step runs",
                "'state':{'terminated':{'exitCode':0}};'state':{'waiting':{'reason':'CreateContainerConfigError','message':'no'}};"
                        + "FAIL pod shop/x: remora does not start: CreateContainerConfigError, no",
                "'state':{'terminated':{'exitCode':0}};'state':{'waiting':{'reason':'CrashLoopBackOff'}},"
                        + "'lastState':{'terminated':{'exitCode':2}};FAIL pod shop/x: remora ended with exit code 2",
                "'state':{'terminated':{'exitCode':0}};'state':{'running':{}},'started':false;"
                        + "warning pod shop/x: the agent is not ready yet",
                "'state':{'terminated':{'exitCode':0}};'state':{'running':{}},'started':true,'restartCount':2,"
                        + "'lastState':{'terminated':{'reason':'OOMKilled','exitCode':137}};"
                        + "warning pod shop/x: the agent was restarted 2 times, last for OOMKilled (exit code 137)"
            })
    void whatIsWrongWithAPodIsTold(String init, String agent, String line) {
        FakeCluster cluster = withPods(pod("x", "10.96.0.0/16", init, agent));

        assertThat(of(new InjectedPodsCheck(cluster, SHOP))).containsExactly(line);
    }

    @Test
    void podsOfAnotherVersionAndPodsThatWereNotStartedAreTold() {
        FakeCluster cluster = withPods(
                well("old").replace("'1.0'", "'0.9'"),
                "{'metadata':{'name':'new','annotations':{'remora.io/injected':'1.0'}},'spec':{},'status':{'phase':'Pending'}}");

        assertThat(of(new InjectedPodsCheck(cluster, SHOP)))
                .containsExactly(
                        "warning pod shop/old: injected by version 0.9, and this is 1.0",
                        "warning pod shop/new: its containers have not been started yet");
    }

    @Test
    void podsThatTheWebhookLeftOutAreTold() {
        FakeCluster cluster = withPods(
                        well("web-1"),
                        "{'metadata':{'name':'bare'},'status':{'phase':'Running'}}",
                        "{'metadata':{'name':'out','annotations':{'remora.io/inject':'disabled'}},'status':{'phase':'Running'}}")
                .with(FakeCluster.NAMESPACE, "{'metadata':{'labels':{'remora.io/inject':'enabled'}}}");

        assertThat(of(new InjectedPodsCheck(cluster, SHOP)))
                .containsExactly(
                        "ok 1 of 1 pods with an agent in namespace shop are well",
                        "warning 1 pods of namespace shop have no agent, though its label says remora.io/inject: enabled");
    }
}
