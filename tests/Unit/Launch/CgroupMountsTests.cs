using Sandbox.Supervisor.Workers.Launch;
using Shouldly;

namespace Sandbox.Tests.Unit.Launch;

public sealed class CgroupMountsTests
{
    [Fact]
    public void Version_1_finds_each_controller_and_the_bare_version_2_beside_them()
    {
        var mounts = new CgroupMounts(
            "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
            + "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
            + "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n",
            "4:memory:/service/a\n2:cpu,cpuacct:/\n0::/\n");
        mounts.Own("memory").ShouldBe("/sys/fs/cgroup/memory/service/a");
        mounts.Own("cpu").ShouldBe("/sys/fs/cgroup/cpu,cpuacct");
        mounts.Own("cpuacct").ShouldBe("/sys/fs/cgroup/cpu,cpuacct");
        mounts.Own(CgroupMounts.Unified).ShouldBe("/sys/fs/cgroup/unified");
        mounts.Own("pids").ShouldBeNull();
    }

    [Fact]
    public void Version_2_is_one_tree()
    {
        var mounts = new CgroupMounts("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n", "0::/system.slice/sandbox.service\n");
        mounts.Mount("memory").ShouldBeNull();
        mounts.Own(CgroupMounts.Unified).ShouldBe("/sys/fs/cgroup/system.slice/sandbox.service");
    }

    [Fact]
    public void In_a_container_the_mounts_own_root_is_taken_off()
    {
        var mounts = new CgroupMounts("30 23 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::/docker/abc/inner\n");
        mounts.Own(CgroupMounts.Unified).ShouldBe("/sys/fs/cgroup/inner");
        new CgroupMounts("30 23 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::/docker/abcd\n").Own(CgroupMounts.Unified).ShouldBeNull();
    }
}
