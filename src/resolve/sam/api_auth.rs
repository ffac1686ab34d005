//! Who may call an API: authorizers, keys, and the security of each call.

use std::collections::BTreeMap;

use super::events::Event;
use super::make::{Fields, Made};
use super::part::Part;
use super::plan::{Cause, Planner, Route};

/// Adds the permissions of a REST API's authorizers, and its usage plan.
pub(super) fn plan<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, id: &'a str, stage: &'a str) {
    let Some(auth) = cause.get("Auth") else { return };
    authorizers(planner, cause, id, auth, false);
    let Some(plan) = auth.get("UsagePlan") else { return };
    let prefix = match plan.text_at("CreateUsagePlan") {
        Some("PER_API") => id,
        Some("SHARED") => "Serverless",
        _ => return,
    };
    let (usage_plan, key) = (cause.id(&[prefix, "UsagePlan"]), cause.id(&[prefix, "ApiKey"]));
    let stages =
        move || Made::List(vec![Made::Map(vec![("ApiId", Made::Reference(id)), ("Stage", Made::Reference(stage))])]);
    planner.add(cause, usage_plan, "AWS::ApiGateway::UsagePlan", move || {
        let mut fields = vec![("ApiStages", stages())];
        for property in ["Quota", "Throttle", "UsagePlanName", "Description"] {
            fields.push((property, plan.get(property).into()));
        }
        fields
    });
    planner.add(cause, key, "AWS::ApiGateway::ApiKey", move || {
        let stage = Made::Map(vec![("RestApiId", Made::Reference(id)), ("StageName", Made::Reference(stage))]);
        vec![("Enabled", Made::Bool(true)), ("StageKeys", Made::List(vec![stage]))]
    });
    planner.add(cause, cause.id(&[prefix, "UsagePlanKey"]), "AWS::ApiGateway::UsagePlanKey", move || {
        vec![
            ("KeyId", Made::Reference(key)),
            ("KeyType", Made::Text("API_KEY")),
            ("UsagePlanId", Made::Reference(usage_plan)),
        ]
    });
}

/// Adds the permissions of an API to call the functions that authorize its calls.
pub(super) fn authorizers<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, id: &'a str, auth: Part<'a>, http: bool) {
    for field in auth.get("Authorizers").map(Part::fields).unwrap_or_default() {
        let Some(function) = field.part.get("FunctionArn") else { continue };
        let wanted = match field.part.text_at("EnableFunctionDefaultPermissions") {
            Some(text) => text.eq_ignore_ascii_case("true"),
            None => !http && !field.part.is_true("DisableFunctionDefaultPermissions"),
        };
        if !wanted {
            continue;
        }
        let name = cause.id(&[id, field.key, "AuthorizerPermission"]);
        planner.add(cause, name, "AWS::Lambda::Permission", move || {
            let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*";
            vec![
                ("Action", Made::Text("lambda:InvokeFunction")),
                ("FunctionName", Made::Part(function)),
                ("Principal", Made::Text("apigateway.amazonaws.com")),
                ("SourceArn", Made::Sub(arn, vec![("__ApiId__", Made::Reference(id))])),
            ]
        });
    }
}

/// The definition of an API that has no written one: its paths, and how each call is authorized.
pub(super) fn document<'a>(cause: Cause<'a>, routes: &'a [Route<'a>], http: bool) -> Made<'a> {
    let auth = cause.get("Auth");
    let default = auth.and_then(|auth| auth.text_at("DefaultAuthorizer"));
    let mut paths: BTreeMap<&'a str, Fields<'a>> = BTreeMap::new();
    for route in routes {
        let event = route.event;
        let path = event.properties.text_at("Path").unwrap_or(if http { "$default" } else { "/" });
        let method = event.properties.text_at("Method").unwrap_or("any").to_lowercase();
        let method = if matches!(method.as_str(), "any" | "*") || path == "$default" {
            "x-amazon-apigateway-any-method"
        } else {
            cause.id(&[&method])
        };
        let call = (method, call(event, default, auth, http));
        paths.entry(path).or_default().push(call);
    }
    let paths = paths.into_iter().map(|(path, calls)| (path, Made::Map(calls))).collect();
    let schemes = auth.and_then(|auth| auth.get("Authorizers")).map(Part::fields).unwrap_or_default();
    let schemes = schemes.into_iter().map(|field| (field.key, scheme(field.part))).collect::<Fields<'a>>();
    let info = Made::Map(vec![("version", Made::Text("1.0")), ("title", Made::Sub("${AWS::StackName}", vec![]))]);
    let version = cause.get("OpenApiVersion");
    let mut fields = match (http, version) {
        (true, _) => vec![("openapi", Made::Text("3.0.1"))],
        (false, Some(version)) => vec![("openapi", Made::Part(version))],
        (false, None) => vec![("swagger", Made::Text("2.0"))],
    };
    fields.push(("info", info));
    fields.push(("paths", Made::Map(paths)));
    if !schemes.is_empty() {
        if http || version.is_some() {
            fields.push(("components", Made::Map(vec![("securitySchemes", Made::Map(schemes))])));
        } else {
            fields.push(("securityDefinitions", Made::Map(schemes)));
        }
    }
    if let Some(policy) = auth.and_then(|auth| auth.at(&["ResourcePolicy", "CustomStatements"])) {
        let statements = if policy.is_list() { Made::Part(policy) } else { Made::List(vec![Made::Part(policy)]) };
        let policy = Made::Map(vec![("Version", Made::Text("2012-10-17")), ("Statement", statements)]);
        fields.push(("x-amazon-apigateway-policy", policy));
    }
    Made::Map(fields)
}

fn scheme<'a>(authorizer: Part<'a>) -> Made<'a> {
    let kind = if authorizer.get("UserPoolArn").is_some() {
        "cognito_user_pools"
    } else if authorizer.get("JwtConfiguration").is_some() {
        "oauth2"
    } else {
        "custom"
    };
    Made::Map(vec![
        ("type", Made::Text("apiKey")),
        ("in", Made::Text("header")),
        ("name", Made::Text("Authorization")),
        ("x-amazon-apigateway-authtype", Made::Text(kind)),
    ])
}

fn call<'a>(event: Event<'a>, default: Option<&'a str>, auth: Option<Part<'a>>, http: bool) -> Made<'a> {
    let integration = Made::Map(vec![
        ("httpMethod", Made::Text("POST")),
        ("type", Made::Text("aws_proxy")),
        (
            "uri",
            Made::Sub(
                "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__Function__}/invocations",
                vec![("__Function__", event.target.arn())],
            ),
        ),
        ("payloadFormatVersion", if http { Made::Text("2.0") } else { Made::Nothing }),
    ]);
    let own = event.get("Auth");
    let authorizer = own.and_then(|auth| auth.text_at("Authorizer")).or(default);
    let mut security: Vec<Made<'a>> = Vec::new();
    match authorizer {
        None | Some("NONE") => {}
        Some(name) => security.push(Made::Map(vec![(name, Made::List(vec![]))])),
    }
    let key = own.and_then(|auth| auth.text_at("ApiKeyRequired"));
    let key = key.or(auth.and_then(|auth| auth.text_at("ApiKeyRequired")));
    if key.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        security.push(Made::Map(vec![("api_key", Made::List(vec![]))]));
    }
    let security = if security.is_empty() { Made::Nothing } else { Made::List(security) };
    Made::Map(vec![
        ("x-amazon-apigateway-integration", integration),
        ("responses", Made::Map(vec![])),
        ("security", security),
    ])
}
