//! `AWS::Serverless::Api`, and the REST API that functions share when they name none.

use std::collections::BTreeMap;

use crate::value::Shape;

use super::api_auth;
use super::domain;
use super::events::named_permission;
use super::make::{Fields, Made};
use super::part::Part;
use super::plan::{Cause, Conditions, Planner, Route};

/// The name of the REST API that SAM makes.
pub(super) const IMPLICIT: &str = "ServerlessRestApi";

/// Properties of the stage that keep their name and value.
const STAGE: &[&str] = &[
    "AccessLogSetting",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "CanarySetting",
    "MethodSettings",
    "TracingEnabled",
    "Variables",
];

/// Properties of the API that keep their name and value.
const API: &[&str] = &[
    "ApiKeySourceType",
    "BinaryMediaTypes",
    "Description",
    "DisableExecuteApiEndpoint",
    "EndpointAccessMode",
    "FailOnWarnings",
    "MinimumCompressionSize",
    "Mode",
    "Name",
    "Policy",
    "SecurityPolicy",
];

/// Adds what SAM makes of a REST API that answers those routes.
pub(super) fn plan<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, id: &'a str, routes: &'a [Route<'a>]) {
    let implicit = id == IMPLICIT;
    let deployment = cause.id(&[id, "Deployment"]);
    let stage = cause.id(&[id, &stage_suffix(cause, implicit), "Stage"]);
    planner.name_property(id, "Stage", stage);
    planner.name_property(id, "Deployment", deployment);
    planner.add(cause, id, "AWS::ApiGateway::RestApi", move || {
        let mut fields = cause.pass(API);
        body(cause, routes, &mut fields);
        fields.push(("EndpointConfiguration", endpoint(cause)));
        fields
    });
    planner.add(cause, deployment, "AWS::ApiGateway::Deployment", move || {
        let mut fields = vec![("RestApiId", Made::Reference(id))];
        // A stage of this name, which nobody asked for, is made with it.
        if cause.get("OpenApiVersion").is_none() {
            fields.push(("StageName", Made::Text("Stage")));
        }
        fields
    });
    planner.add(cause, stage, "AWS::ApiGateway::Stage", move || {
        let mut fields = cause.pass(STAGE);
        fields.push(("DeploymentId", Made::Reference(deployment)));
        fields.push(("RestApiId", Made::Reference(id)));
        fields.push(("StageName", cause.get("StageName").map_or(Made::Text("Prod"), Made::Part)));
        fields
    });
    api_auth::plan(planner, cause, id, stage);
    domain::rest(planner, cause, id, stage);
}

/// What stands for the stage in the names of resources.
fn stage_suffix(cause: Cause<'_>, implicit: bool) -> String {
    if implicit {
        return "Prod".to_owned();
    }
    // A name that is no literal, has other characters than names of resources, or is that of the extra stage.
    let name = cause.get("StageName").filter(|part| part.call().is_none()).and_then(Part::text).unwrap_or_default();
    let is_plain = name != "Stage" && name.chars().all(|c| c.is_ascii_alphanumeric());
    if is_plain { name.to_owned() } else { String::new() }
}

fn body<'a>(cause: Cause<'a>, routes: &'a [Route<'a>], fields: &mut Fields<'a>) {
    if let Some(place) = cause.get("DefinitionUri") {
        let place = super::function::location(Some(place), ["Bucket", "Key", "Version"]);
        fields.push(("BodyS3Location", place));
        return;
    }
    fields.push((
        "Body",
        match cause.get("DefinitionBody") {
            Some(body) if cause.get("Auth").is_none() => Made::Part(body),
            Some(_) => Made::Unknown("the API's definition with what SAM adds to it", Shape::Any),
            None => api_auth::document(cause, routes, false),
        },
    ));
}

fn endpoint(cause: Cause<'_>) -> Made<'_> {
    let Some(part) = cause.get("EndpointConfiguration") else { return Made::Nothing };
    if !part.is_map() {
        return Made::Map(vec![("Types", Made::List(vec![Made::Part(part)]))]);
    }
    let kind = part.get("Type").map_or(Made::Nothing, |kind| Made::List(vec![Made::Part(kind)]));
    Made::Map(vec![
        ("Types", kind),
        ("VpcEndpointIds", part.get("VPCEndpointIds").into()),
        ("IpAddressType", part.get("IpAddressType").into()),
    ])
}

/// Adds the permission of an API to call the function of a route.
pub(super) fn permission<'a>(planner: &mut Planner<'a>, route: Route<'a>, suffix: &str) {
    let event = route.event;
    let name = event.named(&["Permission", suffix].concat());
    let implicit = if route.http { super::http_api::IMPLICIT } else { IMPLICIT };
    let arn = cause_arn(route);
    named_permission(planner, event, name, "apigateway.amazonaws.com", move || {
        let api = match route.api {
            Some(api) => Made::Part(api),
            None => Made::Reference(implicit),
        };
        vec![("SourceArn", Made::Sub(arn, vec![("__ApiId__", api), ("__Stage__", Made::Text("*"))]))]
    });
}

/// The calls that a route allows: its parameters stand for anything.
fn cause_arn<'a>(route: Route<'a>) -> &'a str {
    let mut path = String::new();
    let mut rest = route.event.properties.text_at("Path").unwrap_or(if route.http { "" } else { "/*" });
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, behind)) = after.split_once('}') else { break };
        path.push_str(before);
        path.push('*');
        rest = behind;
    }
    path.push_str(rest);
    let method = route.event.properties.text_at("Method").unwrap_or("*").to_uppercase();
    let method = match method.as_str() {
        "ANY" | "X-AMAZON-APIGATEWAY-ANY-METHOD" => "*",
        method => method,
    };
    let call = if route.http && route.event.get("Path").is_none() {
        "/*".to_owned()
    } else if path.starts_with('$') {
        format!("/{path}")
    } else {
        format!("/{method}{path}")
    };
    let prefix = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}";
    route.event.cause.id(&[prefix, &call])
}

/// Routes by the API that they name; those that name none belong to the one of that name which SAM makes.
pub(super) fn by_api<'a>(
    planner: &Planner<'a>,
    routes: &[Route<'a>],
    implicit: &'a str,
) -> BTreeMap<&'a str, &'a [Route<'a>]> {
    let mut by_api: BTreeMap<&'a str, Vec<Route<'a>>> = BTreeMap::new();
    for route in routes {
        let name = if route.api.is_none() { Some(implicit) } else { route.api_name() };
        if let Some(name) = name {
            by_api.entry(name).or_default().push(*route);
        }
    }
    let arena = planner.resolver.arena;
    by_api.into_iter().map(|(name, routes)| (name, &*arena.alloc_slice_copy(&routes))).collect()
}

/// Adds all REST APIs, and the permissions of their routes.
pub(super) fn plan_all<'a>(planner: &mut Planner<'a>, apis: &[Cause<'a>]) {
    let routes: Vec<Route<'a>> = planner.routes.iter().filter(|route| !route.http).copied().collect();
    let by_api = by_api(planner, &routes, IMPLICIT);
    let of = |name: &str| by_api.get(name).copied().unwrap_or_default();
    for &cause in apis {
        plan(planner, cause, cause.name(), of(cause.name()));
    }
    if let Some(cause) = implicit_cause(planner, of(IMPLICIT), "Api") {
        plan(planner, cause, IMPLICIT, of(IMPLICIT));
    }
    let apis: BTreeMap<&str, Cause<'a>> = apis.iter().map(|api| (api.name(), *api)).collect();
    for &route in routes.iter().filter(|route| route.is_function) {
        let api = route.api_name().and_then(|name| apis.get(name));
        let suffix = match api {
            Some(api) => match api.get("StageName").filter(|part| part.call().is_none()).and_then(Part::text) {
                Some(name) => name.chars().filter(char::is_ascii_alphanumeric).collect(),
                None => "Stage".to_owned(),
            },
            None if route.api.is_none() || route.api_name() == Some(IMPLICIT) => "Prod".to_owned(),
            None => "AllStages".to_owned(),
        };
        permission(planner, route, &suffix);
    }
}

/// What the API that SAM makes for those routes hangs on: the first of them, and the conditions of all.
pub(super) fn implicit_cause<'a>(
    planner: &Planner<'a>,
    routes: &[Route<'a>],
    section: &'static str,
) -> Option<Cause<'a>> {
    let first = routes.first()?.event;
    let resolver = planner.resolver;
    let properties = planner.global(section).unwrap_or_else(|| Part::empty(resolver, first.properties.path));
    let mut any: Vec<&'a str> = routes.iter().flat_map(|route| route.event.cause.conditions.any).copied().collect();
    if routes.iter().any(|route| route.event.cause.conditions.any.is_empty()) {
        any.clear();
    }
    any.sort_unstable();
    any.dedup();
    let conditions = Conditions { any: resolver.arena.alloc_slice_copy(&any), unless: None };
    let entry = crate::template::ResourceEntry {
        condition: first.cause.entry.condition.filter(|_| any.len() == 1),
        ..first.cause.entry
    };
    Some(Cause { resolver, entry, properties, conditions })
}
