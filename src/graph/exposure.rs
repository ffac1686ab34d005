//! Whether the internet reaches a resource, and how: the facts of every resource with a network face.
//!
//! `InternetReachable` speaks of networks alone: that packets, or requests to an address that AWS publishes, arrive.
//! Whether who arrives is let in by a password or a policy is another question, apart from policies of endpoints that
//! name networks.

use crate::value::{Deferred, Kind, Pending, Shape, Unknown, Value, World};

use super::exposed_compute as compute;
use super::exposed_data as data;
use super::exposed_endpoints as endpoints;
use super::load_balancers;
use super::model::Graph;
use super::origin::Origin;
use super::reach::{Reach, via};
use super::read::Fields;
use super::truth::Truth;

/// How the reach of a resource is worked out, from its number and forced map.
type Judge = for<'a, 'c> fn(&'a Graph<'a>, &World<'a, 'c>, usize, Value<'a>) -> Result<Reach<'a>, Pending>;

/// The types with a network face.
#[rustfmt::skip]
const JUDGES: &[(&str, Judge)] = &[
    // Compute.
    ("AWS::EC2::Instance", compute::instance),
    ("AWS::EC2::NetworkInterface", compute::network_interface),
    ("AWS::EC2::LaunchTemplate", compute::launch_template),
    ("AWS::AutoScaling::LaunchConfiguration", compute::launch_configuration),
    ("AWS::AutoScaling::AutoScalingGroup", compute::auto_scaling_group),
    ("AWS::ECS::Service", compute::service),
    ("AWS::EKS::Cluster", compute::kubernetes),
    ("AWS::ElasticBeanstalk::Environment", compute::beanstalk),
    ("AWS::SageMaker::NotebookInstance", compute::notebook),
    // Load balancers.
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", load_balancers::modern),
    ("AWS::ElasticLoadBalancing::LoadBalancer", load_balancers::classic),
    // Data stores and brokers.
    ("AWS::RDS::DBInstance", data::database),
    ("AWS::RDS::DBCluster", data::database_cluster),
    ("AWS::Redshift::Cluster", data::redshift),
    ("AWS::RedshiftServerless::Workgroup", data::redshift_workgroup),
    ("AWS::DMS::ReplicationInstance", data::replication_instance),
    ("AWS::AmazonMQ::Broker", data::broker),
    ("AWS::MSK::Cluster", data::kafka),
    ("AWS::MSK::ServerlessCluster", data::never),
    ("AWS::OpenSearchService::Domain", data::search),
    ("AWS::Elasticsearch::Domain", data::search),
    ("AWS::Neptune::DBInstance", data::neptune),
    ("AWS::Neptune::DBCluster", data::neptune_cluster),
    ("AWS::DocDB::DBInstance", data::never),
    ("AWS::DocDB::DBCluster", data::never),
    ("AWS::ElastiCache::CacheCluster", data::never),
    ("AWS::ElastiCache::ReplicationGroup", data::never),
    ("AWS::ElastiCache::ServerlessCache", data::never),
    ("AWS::MemoryDB::Cluster", data::never),
    ("AWS::DAX::Cluster", data::never),
    ("AWS::EFS::MountTarget", data::never),
    // Endpoints.
    ("AWS::Lambda::Url", endpoints::function_url),
    ("AWS::ApiGateway::RestApi", endpoints::rest_api),
    ("AWS::ApiGateway::Stage", endpoints::rest_stage),
    ("AWS::ApiGatewayV2::Api", endpoints::http_api),
    ("AWS::ApiGatewayV2::Stage", endpoints::http_stage),
    ("AWS::CloudFront::Distribution", endpoints::distribution),
    ("AWS::AppSync::GraphQLApi", endpoints::graph_api),
    ("AWS::AppSync::Api", endpoints::event_api),
    ("AWS::AppRunner::Service", endpoints::app_runner),
    ("AWS::Transfer::Server", endpoints::file_server),
    ("AWS::MWAA::Environment", endpoints::airflow),
];

/// Which fact.
#[derive(Clone, Copy, Debug)]
enum What {
    Reachable,
    Path,
    Ports,
}

/// Adds the facts of a resource with a network face.
pub(super) fn push_facts<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    fields: &mut Fields<'a>,
) {
    let resource_type = graph.type_of(resource);
    let Some(&(_, judge)) = JUDGES.iter().find(|(judged, _)| *judged == resource_type) else { return };
    for (key, what) in
        [("InternetReachable", What::Reachable), ("InternetPath", What::Path), ("InternetPorts", What::Ports)]
    {
        let fact = world.later(ExposureFact { graph, resource, judge, what });
        fields.push(key, Origin::of(value).node(world, fact));
    }
}

struct ExposureFact<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
    judge: Judge,
    what: What,
}

impl<'a> Deferred<'a> for ExposureFact<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let (Some(value), Some(found)) = (self.graph.value(world, self.resource)?, self.graph.resource(self.resource))
        else {
            return Ok(self.graph.view(self.resource));
        };
        let reach = (self.judge)(self.graph, world, self.resource, value)?;
        let origin = match reach.decisive {
            // What is not written stands at the resource.
            Some(decisive) if !matches!(decisive.kind, Kind::Absent | Kind::Null) => Origin::of(decisive),
            _ => Origin::whole(value, found.key_place),
        };
        let via = via(world, &reach.steps);
        let origin = if via.is_some() { origin.through(via) } else { origin };
        Ok(match (self.what, reach.truth) {
            (What::Reachable, truth) => origin.truth(world, truth),
            (What::Path, Truth::Unsure(unknown)) => origin.unknown(world, unknown),
            (What::Path, _) => origin.list(world, &reach.show_steps(self.graph, world)),
            (What::Ports, _) => {
                let mut ports = Vec::new();
                for (interval, truth) in &reach.ports {
                    let mut fields = Fields::default();
                    fields.push("Protocol", origin.text(world, interval.protocol.name()));
                    fields.push("FromPort", origin.integer(world, interval.from));
                    fields.push("ToPort", origin.integer(world, interval.to));
                    match truth.and(reach.truth) {
                        Truth::Yes => ports.push(fields.finish(world, origin)),
                        Truth::No => {}
                        Truth::Unsure(unknown) => ports.push(origin.unknown(world, perhaps(world, unknown))),
                    }
                }
                if let (Truth::Unsure(unknown), true) = (reach.truth, ports.is_empty()) {
                    ports.push(origin.unknown(world, perhaps(world, unknown)));
                }
                origin.list(world, &ports)
            }
        })
    }
}

/// An item that may be there.
fn perhaps<'a>(world: &World<'a, '_>, reason: &'a Unknown<'a>) -> &'a Unknown<'a> {
    world.arena.alloc(Unknown { reason: reason.reason, shape: Shape::MaybeAbsent })
}
