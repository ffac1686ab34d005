//! Databases, caches, brokers and search domains: whether the internet reaches them.

use crate::value::{Kind, Pending, Value, World};

use super::exposed_endpoints::{property, says};
use super::face::{Address, Face, Placement, WithoutGroups, reach};
use super::identity::values_at;
use super::linked::{Link, links};
use super::model::Graph;
use super::origin::Origin;
use super::port_filter::Ports;
use super::reach::{Reach, Step, Target, target};
use super::read::{Read, child, integer, is_missing, items, text};
use super::subnet::{flag, id_of};
use super::truth::Truth;

/// How many values of one property are looked at.
const VALUES: usize = 64;

/// A type of which nothing ever has a public address.
pub(super) fn never<'a>(_: &'a Graph<'a>, _: &World<'a, '_>, _: usize, _: Value<'a>) -> Result<Reach<'a>, Pending> {
    Ok(Reach::no())
}

/// Where the parts of a thing are written, below `Properties`.
struct Written<'p> {
    public: &'p str,
    /// What holds when that is missing.
    default: Truth<'static>,
    subnets: &'p str,
    groups: &'p str,
}

/// A thing with a property that gives it a public address, and properties that list its subnets and groups.
fn public_thing<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    written: &Written<'_>,
    ports: Vec<Ports>,
) -> Result<Reach<'a>, Pending> {
    let properties = child(world, value, "Properties")?;
    let public = property(world, value, written.public)?;
    let address = if is_missing(public) { written.default } else { flag(world, public) };
    let face = Face {
        address: [Address::Own(address), Address::Own(Truth::No)],
        subnets: values_at(world, properties, written.subnets, VALUES)?,
        groups: values_at(world, properties, written.groups, VALUES)?,
        ..public_face(graph, resource, value, public, ports)
    };
    reach(graph, world, &face)
}

fn public_face<'a>(
    graph: &Graph<'a>,
    resource: usize,
    value: Value<'a>,
    public: Value<'a>,
    ports: Vec<Ports>,
) -> Face<'a> {
    let at = if is_missing(public) { value } else { public };
    Face {
        resource,
        address: [Address::Own(Truth::No), Address::Own(Truth::No)],
        says: Some((at, format!("`{}` has a public address", id_of(graph, resource)))),
        subnets: Vec::new(),
        placement: Placement::One,
        trusts_subnets: false,
        groups: Vec::new(),
        without_groups: WithoutGroups::DefaultGroup,
        ports,
    }
}

/// The subnets of the subnet group that a property names: the values in it, or the one that cannot be looked into.
fn subnets_of_group<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    name: Value<'a>,
    (group_type, key): (&str, &str),
) -> Result<Vec<Value<'a>>, Pending> {
    if is_missing(name) {
        return Ok(Vec::new());
    }
    Ok(match target(graph, world, name, group_type, Some(key))? {
        Target::Here(group) => match graph.value(world, group)? {
            Some(group) => values_at(world, child(world, group, "Properties")?, "SubnetIds[]", VALUES)?,
            None => Vec::new(),
        },
        Target::Elsewhere(unknown) => vec![Origin::of(name).unknown(world, unknown)],
    })
}

/// Where a database listens: the port that it is given, or that of its engine.
fn database_ports<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<Vec<Ports>, Pending> {
    let port = property(world, value, "Port")?;
    Ok(match (integer(world, port), text(world, property(world, value, "Engine")?)) {
        (Read::Known(port), _) => vec![Ports::tcp(port)],
        (Read::Missing, Read::Known(engine)) => {
            let engine = engine.to_ascii_lowercase();
            let ports: &[(&str, i64)] = &[
                ("aurora-postgresql", 5432),
                ("aurora", 3306),
                ("mysql", 3306),
                ("mariadb", 3306),
                ("postgres", 5432),
                ("oracle", 1521),
                ("custom-oracle", 1521),
                ("sqlserver", 1433),
                ("custom-sqlserver", 1433),
                ("db2", 50_000),
            ];
            match ports.iter().find(|(name, _)| engine.starts_with(name)) {
                Some((_, port)) => vec![Ports::tcp(*port)],
                None => Ports::all(),
            }
        }
        _ => Ports::all(),
    })
}

const DB_SUBNETS: (&str, &str) = ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName");

/// A database. One of a cluster stands where its cluster does.
pub(super) fn database<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let cluster_id = property(world, value, "DBClusterIdentifier")?;
    let mut owner = value;
    let mut groups_at = "VPCSecurityGroups[]";
    if !is_missing(cluster_id)
        && let Target::Here(cluster) =
            target(graph, world, cluster_id, "AWS::RDS::DBCluster", Some("DBClusterIdentifier"))?
        && let Some(cluster) = graph.value(world, cluster)?
    {
        owner = cluster;
        groups_at = "VpcSecurityGroupIds[]";
    }
    rds(graph, world, resource, value, owner, groups_at)
}

fn rds<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    owner: Value<'a>,
    groups_at: &str,
) -> Result<Reach<'a>, Pending> {
    let public = property(world, value, "PubliclyAccessible")?;
    let address = if is_missing(public) {
        // RDS decides by the routes of the subnets, which are asked below.
        Truth::Yes
    } else {
        flag(world, public)
    };
    if address.is_no() {
        return Ok(Reach::no_because(public));
    }
    let group = property(world, owner, "DBSubnetGroupName")?;
    let face = Face {
        address: [Address::Own(address), Address::Own(Truth::No)],
        subnets: subnets_of_group(graph, world, group, DB_SUBNETS)?,
        groups: values_at(world, child(world, owner, "Properties")?, groups_at, VALUES)?,
        ..public_face(graph, resource, value, public, database_ports(world, owner)?)
    };
    reach(graph, world, &face)
}

/// A cluster: by itself, or by one of its databases.
pub(super) fn database_cluster<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let public = property(world, value, "PubliclyAccessible")?;
    if !is_missing(public) {
        return rds(graph, world, resource, value, value, "VpcSecurityGroupIds[]");
    }
    let mut found = Reach::no();
    for &link in links(graph, world, resource, "DBInstances")? {
        match link {
            Link::To(member) => {
                if let Some(value) = graph.value(world, member)? {
                    let reach = database(graph, world, member, value)?;
                    found = found.or(Reach { decisive: None, ..reach });
                }
            }
            Link::Perhaps(item) => {
                if let Kind::Unknown(unknown) = item.kind {
                    found = found.or(Reach::unsure(unknown, None));
                }
            }
        }
    }
    Ok(found)
}

/// A data warehouse. Without a word it is not public.
pub(super) fn redshift<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let public = property(world, value, "PubliclyAccessible")?;
    let address = flag(world, public);
    if address.is_no() {
        return Ok(Reach::no_because(public));
    }
    let ports = match integer(world, property(world, value, "Port")?) {
        Read::Known(port) => vec![Ports::tcp(port)],
        Read::Missing => vec![Ports::tcp(5439)],
        Read::Unknown(_) => Ports::all(),
    };
    let group = property(world, value, "ClusterSubnetGroupName")?;
    let face = Face {
        address: [Address::Own(address), Address::Own(Truth::No)],
        subnets: subnets_of_group(
            graph,
            world,
            group,
            ("AWS::Redshift::ClusterSubnetGroup", "ClusterSubnetGroupName"),
        )?,
        groups: values_at(world, child(world, value, "Properties")?, "VpcSecurityGroupIds[]", VALUES)?,
        ..public_face(graph, resource, value, public, ports)
    };
    reach(graph, world, &face)
}

/// A serverless data warehouse.
pub(super) fn redshift_workgroup<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let written = Written {
        public: "PubliclyAccessible",
        default: Truth::No,
        subnets: "SubnetIds[]",
        groups: "SecurityGroupIds[]",
    };
    public_thing(graph, world, resource, value, &written, vec![Ports::tcp(5439)])
}

/// An instance that copies databases: public unless told otherwise.
pub(super) fn replication_instance<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let public = property(world, value, "PubliclyAccessible")?;
    let address = if is_missing(public) { Truth::Yes } else { flag(world, public) };
    if address.is_no() {
        return Ok(Reach::no_because(public));
    }
    let group = property(world, value, "ReplicationSubnetGroupIdentifier")?;
    let group_type = ("AWS::DMS::ReplicationSubnetGroup", "ReplicationSubnetGroupIdentifier");
    let face = Face {
        address: [Address::Own(address), Address::Own(Truth::No)],
        subnets: subnets_of_group(graph, world, group, group_type)?,
        groups: values_at(world, child(world, value, "Properties")?, "VpcSecurityGroupIds[]", VALUES)?,
        ..public_face(graph, resource, value, public, Ports::all())
    };
    reach(graph, world, &face)
}

/// A message broker. A public one of RabbitMQ has no groups.
pub(super) fn broker<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let public = property(world, value, "PubliclyAccessible")?;
    let address = flag(world, public);
    let rabbit = says(world, property(world, value, "EngineType")?, "RABBITMQ", false);
    if let (Truth::Yes, Truth::Yes | Truth::Unsure(_)) = (rabbit, address) {
        let text = format!("broker `{}` has a public address", id_of(graph, resource));
        let step = Step::new(world, resource, &text, Origin::of(public));
        let ports = [Ports::tcp(443), Ports::tcp(5671)];
        return Ok(Reach::yes(step, &ports, Some(public)).only_if(address));
    }
    let written = Written {
        public: "PubliclyAccessible",
        default: Truth::No,
        subnets: "SubnetIds[]",
        groups: "SecurityGroups[]",
    };
    public_thing(graph, world, resource, value, &written, Ports::all())
}

/// A cluster of Kafka brokers, which get addresses when its public access says so.
pub(super) fn kafka<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let public = property(world, value, "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type")?;
    let address = says(world, public, "SERVICE_PROVIDED_EIPS", false);
    if address.is_no() {
        return Ok(Reach::no_because(public));
    }
    let properties = child(world, value, "Properties")?;
    let face = Face {
        address: [Address::Own(address), Address::Own(Truth::No)],
        subnets: values_at(world, properties, "BrokerNodeGroupInfo.ClientSubnets[]", VALUES)?,
        placement: Placement::All,
        groups: values_at(world, properties, "BrokerNodeGroupInfo.SecurityGroups[]", VALUES)?,
        ..public_face(graph, resource, value, public, vec![Ports { from: 9194, to: 9198, ..Ports::tcp(9194) }])
    };
    reach(graph, world, &face)
}

/// A search domain: on the internet unless it stands in a VPC.
pub(super) fn search<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let options = property(world, value, "VPCOptions")?;
    let subnets = child(world, options, "SubnetIds")?;
    let inside = match (options.kind, subnets.kind) {
        (Kind::Unknown(unknown), _) => Truth::Unsure(unknown),
        (Kind::Map(_), Kind::Unknown(_)) => Truth::Yes,
        _ => (!items(world, subnets)?.is_empty()).into(),
    };
    let outside = match inside {
        Truth::Yes => return Ok(Reach::no_because(options)),
        Truth::No => Truth::Yes,
        unsure @ Truth::Unsure(_) => unsure,
    };
    let at = if is_missing(options) { value } else { options };
    let text = format!("domain `{}` stands outside of any VPC", id_of(graph, resource));
    let step = Step::new(world, resource, &text, Origin::of(at));
    Ok(Reach::yes(step, &[Ports::tcp(443)], Some(options)).only_if(outside))
}

/// A graph database, which may have a public address since lately.
pub(super) fn neptune<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let public = property(world, value, "PubliclyAccessible")?;
    let address = flag(world, public);
    if address.is_no() {
        return Ok(Reach::no_because(public));
    }
    let cluster_id = property(world, value, "DBClusterIdentifier")?;
    let cluster = match target(graph, world, cluster_id, "AWS::Neptune::DBCluster", Some("DBClusterIdentifier"))? {
        Target::Here(cluster) => cluster,
        Target::Elsewhere(unknown) => return Ok(Reach::unsure(unknown, Some(public))),
    };
    let Some(cluster) = graph.value(world, cluster)? else { return Ok(Reach::no()) };
    let ports = match integer(world, property(world, cluster, "DBPort")?) {
        Read::Known(port) => vec![Ports::tcp(port)],
        Read::Missing => vec![Ports::tcp(8182)],
        Read::Unknown(_) => Ports::all(),
    };
    let group = property(world, cluster, "DBSubnetGroupName")?;
    let face = Face {
        address: [Address::Own(address), Address::Own(Truth::No)],
        subnets: subnets_of_group(graph, world, group, ("AWS::Neptune::DBSubnetGroup", "DBSubnetGroupName"))?,
        groups: values_at(world, child(world, cluster, "Properties")?, "VpcSecurityGroupIds[]", VALUES)?,
        ..public_face(graph, resource, value, public, ports)
    };
    reach(graph, world, &face)
}

/// A cluster of graph databases: by one of its databases.
pub(super) fn neptune_cluster<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    _: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let mut found = Reach::no();
    for &link in links(graph, world, resource, "DBInstances")? {
        if let Link::To(member) = link
            && let Some(value) = graph.value(world, member)?
        {
            found = found.or(Reach { decisive: None, ..neptune(graph, world, member, value)? });
        }
    }
    Ok(found)
}
