//! `Domain` of an API.

use super::make::Made;
use super::part::Part;
use super::plan::{Cause, Planner};

/// Adds the domain name of a REST API.
pub(super) fn rest<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, id: &'a str, stage: &'a str) {
    let Some(config) = cause.get("Domain") else { return };
    let Some(name) = config.get("DomainName") else { return };
    let kind = config.text_at("EndpointConfiguration").unwrap_or("REGIONAL");
    let private = kind == "PRIVATE";
    let (prefix, resource_type, mapping_type) = if private {
        ("ApiGatewayDomainNameV2", "AWS::ApiGateway::DomainNameV2", "AWS::ApiGateway::BasePathMappingV2")
    } else {
        ("ApiGatewayDomainName", "AWS::ApiGateway::DomainName", "AWS::ApiGateway::BasePathMapping")
    };
    let domain = cause.id(&[prefix, &hash(name)]);
    planner.name_property(id, "DomainName", domain);
    planner.add(cause, domain, resource_type, move || {
        let certificate = if kind == "REGIONAL" { "RegionalCertificateArn" } else { "CertificateArn" };
        let endpoint =
            vec![("Types", Made::List(vec![Made::Text(kind)])), ("IpAddressType", config.get("IpAddressType").into())];
        vec![
            ("DomainName", Made::Part(name)),
            (certificate, config.get("CertificateArn").into()),
            ("EndpointConfiguration", Made::Map(endpoint)),
            ("SecurityPolicy", config.get("SecurityPolicy").into()),
            ("EndpointAccessMode", config.get("EndpointAccessMode").into()),
            ("MutualTlsAuthentication", config.get("MutualTlsAuthentication").into()),
            ("OwnershipVerificationCertificateArn", config.get("OwnershipVerificationCertificateArn").into()),
            ("Policy", if private { config.get("Policy").into() } else { Made::Nothing }),
        ]
    });
    for (base, path) in base_paths(config) {
        let mapping = cause.id(&[id, &base, "BasePathMapping"]);
        planner.add(cause, mapping, mapping_type, move || {
            let (key, domain) = if private {
                ("DomainNameArn", Made::Reference(domain))
            } else {
                ("DomainName", Made::Reference(domain))
            };
            vec![
                (key, domain),
                ("RestApiId", Made::Reference(id)),
                ("Stage", Made::Reference(stage)),
                ("BasePath", path.into()),
            ]
        });
    }
    record_set(planner, cause, config);
}

/// Adds the domain name of an HTTP API.
pub(super) fn http<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, id: &'a str, stage: &'a str) {
    let Some(config) = cause.get("Domain") else { return };
    let Some(name) = config.get("DomainName") else { return };
    let domain = cause.id(&["ApiGatewayDomainNameV2", &hash(name)]);
    planner.name_property(id, "DomainName", domain);
    planner.add(cause, domain, "AWS::ApiGatewayV2::DomainName", move || {
        let kind = config.get("EndpointConfiguration").map_or(Made::Text("REGIONAL"), Made::Part);
        let configuration = Made::Map(vec![
            ("CertificateArn", config.get("CertificateArn").into()),
            ("EndpointType", kind),
            ("SecurityPolicy", config.get("SecurityPolicy").into()),
            ("OwnershipVerificationCertificateArn", config.get("OwnershipVerificationCertificateArn").into()),
            ("IpAddressType", config.get("IpAddressType").into()),
        ]);
        vec![
            ("DomainName", Made::Part(name)),
            ("DomainNameConfigurations", Made::List(vec![configuration])),
            ("MutualTlsAuthentication", config.get("MutualTlsAuthentication").into()),
        ]
    });
    for (base, path) in base_paths(config) {
        let mapping = cause.id(&[id, &base, "ApiMapping"]);
        planner.add(cause, mapping, "AWS::ApiGatewayV2::ApiMapping", move || {
            vec![
                ("ApiId", Made::Reference(id)),
                ("ApiMappingKey", path.into()),
                ("DomainName", Made::Reference(domain)),
                ("Stage", Made::Reference(stage)),
            ]
        });
    }
    record_set(planner, cause, config);
}

/// The base paths of a domain: their letters and digits for names, and the path unless it is the root.
fn base_paths(config: Part<'_>) -> Vec<(String, Option<Part<'_>>)> {
    let paths = match config.get("BasePath") {
        Some(part) if part.is_list() => part.items(),
        Some(part) => vec![part],
        None => return vec![(String::new(), None)],
    };
    paths
        .into_iter()
        .map(|part| {
            let text = part.text().unwrap_or_default();
            let name: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
            (name, Some(part).filter(|_| text != "/"))
        })
        .collect()
}

fn record_set<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, config: Part<'a>) {
    let Some(route) = config.get("Route53") else { return };
    let Some(zone) = route.get("HostedZoneId").or_else(|| route.get("HostedZoneName")) else { return };
    let name = cause.id(&["RecordSetGroup", &hash(zone)]);
    planner.add(cause, name, "AWS::Route53::RecordSetGroup", move || {
        vec![("HostedZoneId", route.get("HostedZoneId").into()), ("HostedZoneName", route.get("HostedZoneName").into())]
    });
}

/// Ten digits that tell names apart which differ by a value only.
fn hash(part: Part<'_>) -> String {
    let text = part.text().or_else(|| part.place().slice(part.resolver.template.document.source()));
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.unwrap_or_default().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{:010x}", hash & 0xff_ffff_ffff)
}
