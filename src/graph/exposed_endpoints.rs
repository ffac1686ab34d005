//! Endpoints that AWS publishes: whether they answer to the internet.

use crate::value::{Kind, Pending, Shape, Value, World};

use super::face::{Address, Face, Placement, WithoutGroups, reach};
use super::identity::values_at;
use super::linked::{Link, links};
use super::model::Graph;
use super::origin::Origin;
use super::policy::lets_everybody_in;
use super::port_filter::Ports;
use super::reach::{Reach, Step, Target, target};
use super::read::{Read, child, is_missing, items, text, unknown};
use super::subnet::{flag, id_of};
use super::truth::Truth;

/// Where HTTPS is served.
const HTTPS: i64 = 443;

/// How many values of one property are looked at.
const VALUES: usize = 64;

/// The property at a path of keys, forced.
pub(super) fn property<'a>(world: &World<'a, '_>, value: Value<'a>, path: &str) -> Result<Value<'a>, Pending> {
    let mut found = child(world, value, "Properties")?;
    for key in path.split('.') {
        found = child(world, found, key)?;
    }
    Ok(found)
}

/// Whether a text property says `word`; what it says when it is missing is `default`.
pub(super) fn says<'a>(world: &World<'a, '_>, value: Value<'a>, word: &str, default: bool) -> Truth<'a> {
    match text(world, value) {
        Read::Known(text) => text.eq_ignore_ascii_case(word).into(),
        Read::Unknown(unknown) => Truth::Unsure(unknown),
        Read::Missing => default.into(),
    }
}

/// The reach of an endpoint that is public where `open` holds, decided by `value`.
fn endpoint<'a>(
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    at: Value<'a>,
    open: Truth<'a>,
    text: &str,
) -> Reach<'a> {
    let origin = if is_missing(at) { Origin::of(value) } else { Origin::of(at) };
    Reach::yes(Step::new(world, resource, text, origin), &[Ports::tcp(HTTPS)], Some(at)).only_if(open)
}

fn not<'a>(truth: Truth<'a>) -> Truth<'a> {
    match truth {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        unsure @ Truth::Unsure(_) => unsure,
    }
}

/// The URL of a function: always on the internet; who may call is its own matter.
pub(super) fn function_url<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let at = property(world, value, "AuthType")?;
    let text = format!("`{}` gives the function a public URL", id_of(graph, resource));
    Ok(endpoint(world, resource, value, at, Truth::Yes, &text))
}

/// A REST API, unless it is private, closed to all networks but some by its policy, or served by no endpoint.
pub(super) fn rest_api<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let mut open = Truth::Yes;
    let types = property(world, value, "EndpointConfiguration.Types")?;
    let mut at = types;
    for kind in items(world, types)? {
        let public = not(says(world, kind, "PRIVATE", false));
        at = kind;
        open = open.and(public);
    }
    if !open.is_no() {
        let served = not(flag(world, property(world, value, "DisableExecuteApiEndpoint")?));
        let named = served.is_no().then(|| has_domain(graph, world, resource, "BasePathMappings")).transpose()?;
        open = open.and(served.or(named.unwrap_or(Truth::No)));
        open = open.and(lets_everybody_in(world, value, "AWS::ApiGateway::RestApi")?);
    }
    let text = format!("API `{}` has a public endpoint", id_of(graph, resource));
    Ok(endpoint(world, resource, value, at, open, &text))
}

/// Whether an API without its usual endpoint has a name of its own.
fn has_domain<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    mappings: &'static str,
) -> Result<Truth<'a>, Pending> {
    let reason = || unknown(world, "whether a domain name leads to the API", Shape::Any);
    Ok(match links(graph, world, resource, mappings)? {
        [] => Truth::Unsure(reason()),
        mappings if mappings.iter().any(|link| matches!(link, Link::To(_))) => Truth::Yes,
        _ => Truth::Unsure(reason()),
    })
}

/// A stage is reached as its API is.
pub(super) fn rest_stage<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    of_owner(graph, world, resource, value, ("RestApiId", "AWS::ApiGateway::RestApi"), rest_api)
}

/// A stage is reached as its API is.
pub(super) fn http_stage<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    of_owner(graph, world, resource, value, ("ApiId", "AWS::ApiGatewayV2::Api"), http_api)
}

fn of_owner<'a, 'c>(
    graph: &'a Graph<'a>,
    world: &World<'a, 'c>,
    resource: usize,
    value: Value<'a>,
    (key, owner): (&str, &str),
    judge: fn(&'a Graph<'a>, &World<'a, 'c>, usize, Value<'a>) -> Result<Reach<'a>, Pending>,
) -> Result<Reach<'a>, Pending> {
    let api = property(world, value, key)?;
    match target(graph, world, api, owner, None)? {
        Target::Elsewhere(unknown) => Ok(Reach::unsure(unknown, Some(api))),
        Target::Here(found) => {
            let Some(owner) = graph.value(world, found)? else { return Ok(Reach::no()) };
            let reach = Reach { decisive: Some(api), ..judge(graph, world, found, owner)? };
            let text = format!("stage `{}` serves it", id_of(graph, resource));
            Ok(reach.then(Step::new(world, resource, &text, Origin::of(api))))
        }
    }
}

/// An HTTP or WebSocket API: always on the internet unless its endpoint is turned off.
pub(super) fn http_api<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let at = property(world, value, "DisableExecuteApiEndpoint")?;
    let served = not(flag(world, at));
    let named = served.is_no().then(|| has_domain(graph, world, resource, "ApiMappings")).transpose()?;
    let open = served.or(named.unwrap_or(Truth::No));
    let text = format!("API `{}` has a public endpoint", id_of(graph, resource));
    Ok(endpoint(world, resource, value, property(world, value, "ProtocolType")?, open, &text))
}

/// A distribution that is not turned off.
pub(super) fn distribution<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let at = property(world, value, "DistributionConfig.Enabled")?;
    let open = if is_missing(at) { Truth::Yes } else { flag(world, at) };
    let text = format!("distribution `{}` is enabled", id_of(graph, resource));
    let mut reach = endpoint(world, resource, value, at, open, &text);
    reach.ports.push((Ports::tcp(80), Truth::Yes));
    Ok(reach)
}

/// A GraphQL API, unless it is private.
pub(super) fn graph_api<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let at = property(world, value, "Visibility")?;
    let text = format!("API `{}` has a public endpoint", id_of(graph, resource));
    Ok(endpoint(world, resource, value, at, says(world, at, "GLOBAL", true), &text))
}

/// An API for events: always on the internet.
pub(super) fn event_api<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let at = property(world, value, "Name")?;
    let text = format!("API `{}` has a public endpoint", id_of(graph, resource));
    Ok(endpoint(world, resource, value, at, Truth::Yes, &text))
}

/// A service of App Runner, unless its ingress is private.
pub(super) fn app_runner<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let at = property(world, value, "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible")?;
    let open = if is_missing(at) { Truth::Yes } else { flag(world, at) };
    let text = format!("service `{}` has a public endpoint", id_of(graph, resource));
    Ok(endpoint(world, resource, value, at, open, &text))
}

/// The web server of an Airflow environment.
pub(super) fn airflow<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let at = property(world, value, "WebserverAccessMode")?;
    let text = format!("the web server of `{}` is public", id_of(graph, resource));
    Ok(endpoint(world, resource, value, at, says(world, at, "PUBLIC_ONLY", false), &text))
}

/// A file transfer server: on the internet by itself, or by the addresses that it is given in a VPC.
pub(super) fn file_server<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let at = property(world, value, "EndpointType")?;
    let id = id_of(graph, resource);
    let public = says(world, at, "PUBLIC", true);
    if !public.is_no() {
        let mut reach = endpoint(world, resource, value, at, public, &format!("server `{id}` has a public endpoint"));
        reach.ports = vec![(Ports::tcp(22), Truth::Yes)];
        return Ok(reach);
    }
    let properties = child(world, value, "Properties")?;
    let addresses = property(world, value, "EndpointDetails.AddressAllocationIds")?;
    let given = match addresses.kind {
        Kind::Unknown(unknown) => Truth::Unsure(unknown),
        _ => (!items(world, addresses)?.is_empty()).into(),
    };
    let face = Face {
        resource,
        address: [Address::Own(given), Address::Own(Truth::No)],
        says: Some((addresses, format!("server `{id}` has Elastic IP addresses"))),
        subnets: values_at(world, properties, "EndpointDetails.SubnetIds[]", VALUES)?,
        placement: Placement::All,
        trusts_subnets: false,
        groups: values_at(world, properties, "EndpointDetails.SecurityGroupIds[]", VALUES)?,
        without_groups: WithoutGroups::DefaultGroup,
        ports: vec![Ports::tcp(21), Ports::tcp(22)],
    };
    reach(graph, world, &face)
}
