// Launchers' variables, complete, incomplete and senseless.
#include "train/distributed/launch.h"

#include <gtest/gtest.h>

#include <map>

#include "genga/error.h"

namespace genga::train {
namespace {

using Variables = std::map<std::string, std::string>;

std::optional<Launch> find(const Variables& variables) {
  return find_launch([&](const char* name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    return it == variables.end() ? std::nullopt : std::optional(it->second);
  });
}

std::string error_of(const Variables& variables) {
  try {
    find(variables);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "";
}

const Variables kTorchrun{
    {"RANK", "3"}, {"WORLD_SIZE", "8"}, {"LOCAL_RANK", "1"}, {"MASTER_ADDR", "h0"}, {"MASTER_PORT", "29400"}};
const Variables kSlurm{{"SLURM_PROCID", "5"},
                       {"SLURM_NTASKS", "6"},
                       {"SLURM_LOCALID", "2"},
                       {"SLURM_JOB_ID", "170001"},
                       {"SLURM_JOB_NODELIST", "gpu[07-08]"}};

Variables with(Variables variables, const char* name, const char* value) {
  variables[name] = value;
  return variables;
}

Variables without(Variables variables, const char* name) {
  variables.erase(name);
  return variables;
}

TEST(Launch, IsNothingWithoutALauncher) {
  EXPECT_FALSE(find({}));
  EXPECT_FALSE(find({{"MASTER_ADDR", "left over"}, {"LOCAL_RANK", "0"}}));
}

TEST(Launch, ReadsTorchrunsVariables) {
  const Launch launch = find(kTorchrun).value();
  EXPECT_EQ(launch.rank, 3);
  EXPECT_EQ(launch.count, 8);
  EXPECT_EQ(launch.local_rank, 1);
  EXPECT_EQ(launch.host, "h0");
  EXPECT_EQ(launch.port, 29400);
  EXPECT_FALSE(launch.store_exists);
}

TEST(Launch, UsesTheStoreOfTorchrunsAgentWithNewKeysAfterARestart) {
  Variables variables = with(kTorchrun, "TORCHELASTIC_USE_AGENT_STORE", "True");
  const std::string first = find(variables)->store_prefix;
  EXPECT_TRUE(find(variables)->store_exists);
  variables["TORCHELASTIC_RESTART_COUNT"] = "1";
  EXPECT_NE(find(variables)->store_prefix, first);
}

TEST(Launch, NamesWhatIsMissingOfAHalfSetLauncher) {
  for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}) {
    EXPECT_NE(error_of(without(kTorchrun, name)).find("without " + std::string(name) + ";"), std::string::npos)
        << error_of(without(kTorchrun, name));
  }
  EXPECT_NE(error_of(without(kSlurm, "SLURM_JOB_NODELIST")).find("without SLURM_JOB_NODELIST;"), std::string::npos);
  EXPECT_EQ(error_of({{"RANK", "0"}}),
            "environment: RANK set without WORLD_SIZE, MASTER_ADDR, MASTER_PORT; start all processes with torchrun, or "
            "unset them to train in one process");
}

TEST(Launch, RefusesNumbersThatMakeNoSense) {
  EXPECT_EQ(error_of(with(kTorchrun, "RANK", "8")),
            "environment variable RANK: is '8', expected a whole number 0 to 7");
  EXPECT_NE(error_of(with(kTorchrun, "WORLD_SIZE", "four")).find("WORLD_SIZE: is 'four'"), std::string::npos);
  EXPECT_NE(error_of(with(kTorchrun, "WORLD_SIZE", "0")).find("WORLD_SIZE"), std::string::npos);
  EXPECT_NE(error_of(with(kTorchrun, "MASTER_PORT", "70000")).find("MASTER_PORT"), std::string::npos);
  EXPECT_NE(error_of(with(kSlurm, "SLURM_JOB_ID", "12x")).find("SLURM_JOB_ID"), std::string::npos);
}

TEST(Launch, DerivesHostAndPortFromTheSlurmJob) {
  const Launch launch = find(kSlurm).value();
  EXPECT_EQ(launch.rank, 5);
  EXPECT_EQ(launch.count, 6);
  EXPECT_EQ(launch.local_rank, 2);
  EXPECT_EQ(launch.host, "gpu07");
  EXPECT_EQ(launch.port, 15000 + 170001 % 16000);
  EXPECT_EQ(find(with(kSlurm, "SLURM_PROCID", "0"))->port, launch.port);
  EXPECT_NE(find(with(kSlurm, "SLURM_JOB_ID", "170002"))->port, launch.port);
}

TEST(Launch, LetsAddressAndPortOverrideSlurms) {
  const Launch launch = find(with(with(kSlurm, "MASTER_ADDR", "10.0.0.1"), "MASTER_PORT", "4000")).value();
  EXPECT_EQ(launch.host, "10.0.0.1");
  EXPECT_EQ(launch.port, 4000);
}

TEST(Launch, TrainsAloneInASlurmJobOfOneTask) {
  EXPECT_FALSE(find(with(with(kSlurm, "SLURM_NTASKS", "1"), "SLURM_PROCID", "0")));
}

TEST(Launch, ReadsTheTimeout) {
  EXPECT_FALSE(find(kTorchrun)->timeout_s);
  EXPECT_EQ(find(with(kTorchrun, "GENGA_RANK_TIMEOUT", "30"))->timeout_s, 30);
  EXPECT_EQ(find(with(kSlurm, "GENGA_RANK_TIMEOUT", "31"))->timeout_s, 31);
  EXPECT_NE(error_of(with(kTorchrun, "GENGA_RANK_TIMEOUT", "0")).find("GENGA_RANK_TIMEOUT"), std::string::npos);
}

TEST(Launch, PrefersTorchrunInsideASlurmJob) {
  Variables both = kSlurm;
  both.insert(kTorchrun.begin(), kTorchrun.end());
  EXPECT_EQ(find(both)->host, "h0");
}

TEST(Launch, FindsTheFirstHostOfSlurmsLists) {
  EXPECT_EQ(first_host("login"), "login");
  EXPECT_EQ(first_host("a1,a2"), "a1");
  EXPECT_EQ(first_host("node[03-07,9],login"), "node03");
  EXPECT_EQ(first_host("node[9,11]"), "node9");
  EXPECT_EQ(first_host("login,node[03-07]"), "login");
  EXPECT_EQ(first_host("rack[2-3]-gpu,x"), "rack2-gpu");
  EXPECT_THROW(first_host("node[3"), Error);
}

}  // namespace
}  // namespace genga::train
