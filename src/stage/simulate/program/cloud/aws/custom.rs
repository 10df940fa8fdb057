//! Parameters that the command line makes itself of others ("AWS CLI Command Reference",
//! `ec2 run-instances` and `ec2 authorize-security-group-ingress`).

use serde_json::{Map, Value, json};

/// Puts what an argument stands for into the parameters; says whether it is known.
pub(super) fn apply(argument: &str, words: &[String], parameters: &mut Map<String, Value>) -> bool {
    let word = words.first().map(String::as_str).unwrap_or_default();
    match argument {
        // Files of the client's own.
        "outfile" | "priv-launch-key" => true,
        "count" => {
            let (least, most) = word.split_once(':').unwrap_or((word, word));
            let (Ok(least), Ok(most)) = (least.parse::<u32>(), most.parse::<u32>()) else {
                return false;
            };
            parameters.insert("MinCount".to_owned(), json!(least));
            parameters.insert("MaxCount".to_owned(), json!(most));
            true
        }
        "protocol" => {
            let protocol = match word {
                "all" => "-1",
                word => word,
            };
            permit(parameters, [("IpProtocol", json!(protocol))]);
            true
        }
        "port" => {
            let (from, to) = match word {
                "all" => (-1, -1),
                word => {
                    let (from, to) = word.split_once('-').unwrap_or((word, word));
                    let (Ok(from), Ok(to)) = (from.parse::<i32>(), to.parse::<i32>()) else {
                        return false;
                    };
                    (from, to)
                }
            };
            let ports = [("FromPort", json!(from)), ("ToPort", json!(to))];
            permit(parameters, ports);
            true
        }
        "cidr" => {
            permit(parameters, [("IpRanges", json!([{"CidrIp": word}]))]);
            true
        }
        "source-group" if word.starts_with("sg-") => {
            permit(
                parameters,
                [("UserIdGroupPairs", json!([{"GroupId": word}]))],
            );
            true
        }
        _ => false,
    }
}

/// Adds to the one permission that the short arguments describe together.
fn permit<const N: usize>(parameters: &mut Map<String, Value>, members: [(&str, Value); N]) {
    let mut permission = match parameters.remove("IpPermissions") {
        Some(Value::Array(mut permissions)) => match permissions.pop() {
            Some(Value::Object(permission)) => permission,
            _ => Map::new(),
        },
        _ => Map::new(),
    };
    for (name, value) in members {
        permission.insert(name.to_owned(), value);
    }
    parameters.insert("IpPermissions".to_owned(), json!([permission]));
}
