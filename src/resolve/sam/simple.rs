//! SAM resources that become one resource: tables, layers, applications.

use super::function::location;
use super::make::Made;
use super::plan::{Cause, Planner};
use super::role;

/// Adds the table of an `AWS::Serverless::SimpleTable`.
pub(super) fn table<'a>(planner: &mut Planner<'a>, cause: Cause<'a>) {
    planner.add(cause, cause.name(), "AWS::DynamoDB::Table", move || {
        let key = cause.get("PrimaryKey");
        let name = || key.and_then(|key| key.get("Name")).map_or(Made::Text("id"), Made::Part);
        let kind = match key.and_then(|key| key.text_at("Type")) {
            Some("Number") => "N",
            Some("Binary") => "B",
            _ => "S",
        };
        let attribute = Made::Map(vec![("AttributeName", name()), ("AttributeType", Made::Text(kind))]);
        let schema = Made::Map(vec![("AttributeName", name()), ("KeyType", Made::Text("HASH"))]);
        let mut fields =
            vec![("AttributeDefinitions", Made::List(vec![attribute])), ("KeySchema", Made::List(vec![schema]))];
        match cause.get("ProvisionedThroughput") {
            Some(throughput) => fields.push(("ProvisionedThroughput", Made::Part(throughput))),
            None => fields.push(("BillingMode", Made::Text("PAY_PER_REQUEST"))),
        }
        fields.extend(cause.pass(&["SSESpecification", "PointInTimeRecoverySpecification", "TableName"]));
        fields.push(("Tags", role::tags("", cause.get("Tags"))));
        fields
    });
}

/// Adds the layer version of an `AWS::Serverless::LayerVersion`.
pub(super) fn layer<'a>(planner: &mut Planner<'a>, cause: Cause<'a>) {
    planner.add(cause, cause.name(), "AWS::Lambda::LayerVersion", move || {
        let mut fields = cause.pass(&["CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo"]);
        fields.push(("LayerName", cause.get("LayerName").map_or(Made::Text(cause.name()), Made::Part)));
        fields.push(("Content", location(cause.get("ContentUri"), ["S3Bucket", "S3Key", "S3ObjectVersion"])));
        fields
    });
}

/// Adds the nested stack of an `AWS::Serverless::Application`.
pub(super) fn application<'a>(planner: &mut Planner<'a>, cause: Cause<'a>) {
    planner.add(cause, cause.name(), "AWS::CloudFormation::Stack", move || {
        let mut fields = cause.pass(&["NotificationARNs", "Parameters", "TimeoutInMinutes"]);
        let place = match cause.get("Location") {
            Some(location) if !location.is_map() && location.text().is_some_and(|text| text.starts_with("https:")) => {
                Made::Part(location)
            }
            _ => Made::Unknown("where the application's template is put", crate::value::Shape::Text),
        };
        fields.push(("TemplateURL", place));
        fields.push(("Tags", role::tags("lambda:createdBy", cause.get("Tags"))));
        fields
    });
}
