{{- define "remora.labels" -}}
app.kubernetes.io/name: remora
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "remora.webhook.selector" -}}
app.kubernetes.io/name: remora
app.kubernetes.io/component: webhook
{{- end }}

{{- /* The Service CIDRs, from the values or the cluster, with commas between them. */}}
{{- define "remora.serviceCidrs" -}}
{{- $cidrs := .Values.webhook.serviceCidrs }}
{{- if not $cidrs }}
{{- range (lookup "networking.k8s.io/v1" "ServiceCIDR" "" "").items }}
{{- $cidrs = concat $cidrs .spec.cidrs }}
{{- end }}
{{- end }}
{{- required "webhook.serviceCidrs is empty, and no ServiceCIDR object could be read; set it to the cluster's Service CIDRs (kubectl get servicecidrs, or the API server's --service-cluster-ip-range)" (join "," $cidrs) }}
{{- end }}
