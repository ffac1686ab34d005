//! `AWS::Serverless::HttpApi`, and the HTTP API that functions share when they name none.

use crate::value::Shape;

use super::make::Made;
use super::part::Part;
use super::plan::{Cause, Planner, Route};
use super::{api, api_auth, domain};

/// The name of the HTTP API that SAM makes.
pub(super) const IMPLICIT: &str = "ServerlessHttpApi";

/// Properties of the stage that keep their name and value.
const STAGE: &[&str] = &["AccessLogSettings", "DefaultRouteSettings", "RouteSettings"];

/// Adds all HTTP APIs, and the permissions of their routes.
pub(super) fn plan_all<'a>(planner: &mut Planner<'a>, apis: &[Cause<'a>]) {
    let routes: Vec<Route<'a>> = planner.routes.iter().filter(|route| route.http).copied().collect();
    let by_api = api::by_api(planner, &routes, IMPLICIT);
    let of = |name: &str| by_api.get(name).copied().unwrap_or_default();
    for &cause in apis {
        plan(planner, cause, cause.name(), of(cause.name()));
    }
    if let Some(cause) = api::implicit_cause(planner, of(IMPLICIT), "HttpApi") {
        plan(planner, cause, IMPLICIT, of(IMPLICIT));
    }
    for &route in &routes {
        if route.is_function {
            api::permission(planner, route, "");
        }
    }
}

fn plan<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, id: &'a str, routes: &'a [Route<'a>]) {
    let name = cause.get("StageName").and_then(Part::text);
    let stage = match name {
        Some("$default") | None if cause.get("StageName").is_none() || name.is_some() => {
            cause.id(&[id, "ApiGatewayDefaultStage"])
        }
        Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric()) => cause.id(&[id, name, "Stage"]),
        _ => cause.id(&[id, "Stage"]),
    };
    planner.name_property(id, "Stage", stage);
    planner.add(cause, id, "AWS::ApiGatewayV2::Api", move || {
        let mut fields = cause.pass(&["Description", "FailOnWarnings", "Name"]);
        if cause.get("DefinitionUri").is_some() {
            let place = super::function::location(cause.get("DefinitionUri"), ["Bucket", "Key", "Version"]);
            fields.push(("BodyS3Location", place));
        } else {
            fields.push((
                "Body",
                match cause.get("DefinitionBody") {
                    Some(body) if cause.get("Auth").is_none() => Made::Part(body),
                    Some(_) => Made::Unknown("the API's definition with what SAM adds to it", Shape::Any),
                    None => api_auth::document(cause, routes, true),
                },
            ));
        }
        fields
    });
    planner.add(cause, stage, "AWS::ApiGatewayV2::Stage", move || {
        let mut fields = cause.pass(STAGE);
        fields.push(("ApiId", Made::Reference(id)));
        fields.push(("AutoDeploy", Made::Bool(true)));
        fields.push(("StageName", cause.get("StageName").map_or(Made::Text("$default"), Made::Part)));
        fields.push(("StageVariables", cause.get("StageVariables").into()));
        fields
    });
    if let Some(auth) = cause.get("Auth") {
        api_auth::authorizers(planner, cause, id, auth, true);
    }
    domain::http(planner, cause, id, stage);
}
