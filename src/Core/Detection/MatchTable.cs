using System.Runtime.InteropServices;

namespace LogMonitor.Core.Detection;

/// <summary>Matches by rule and by what they are stored by, and what chains of correlations make of them. A pure function of the matches.</summary>
public sealed class MatchTable(RuleSet rules)
{
    /// <summary>Instants and values that are looked at together, 4 million (100 MB). With more, the earlier half of the largest group is left out, and so on.</summary>
    public const long MaxPoints = 4_000_000;

    /// <summary>Characters of samples that are looked at together, 16 million (32 MB). With more, of each group the first sample of a minute is kept, then that of four, and so on; at last the smallest groups have none.</summary>
    public const long MaxSampleLength = 16_000_000;

    readonly Dictionary<RuleId, Dictionary<MatchKey, GroupMatches>> stored = [];
    readonly Dictionary<RuleId, Dictionary<MatchKey, Group>> groups = [];
    readonly Dictionary<RuleId, long> outdated = [];
    long points, sampleLength;

    /// <summary>How many matches were left out to make room.</summary>
    public long LeftOut { get; private set; }

    /// <summary>How many there are of a rule and of what it is stored by.</summary>
    public int Keys { get; private set; }

    /// <summary>Matches that were stored before their rule was changed to group or to measure by other fields; they can't be looked at any more.</summary>
    public IReadOnlyDictionary<RuleId, long> Outdated => outdated;

    /// <summary>Whether nothing is missing that decides about a rule.</summary>
    public bool IsComplete(WindowRule rule) => LeftOut == 0 && !rules.ChainOf(rule).Any(part => outdated.ContainsKey(part.Id));

    /// <summary>Adds what a chunk has, of a rule that there is.</summary>
    public void Add(MatchGroup group)
    {
        if (rules.ShapeOf(group.Key.Rule) != group.Shape)
        {
            outdated[group.Key.Rule] = outdated.GetValueOrDefault(group.Key.Rule) + group.Count;
            return;
        }
        ref var ofRule = ref CollectionsMarshal.GetValueRefOrAddDefault(stored, group.Key.Rule, out _);
        ofRule ??= [];
        if (!ofRule.TryGetValue(group.Key, out var matches))
        {
            ofRule.Add(group.Key, matches = new GroupMatches());
            Keys++;
        }
        (points, sampleLength) = (points - matches.Size, sampleLength - matches.SampleLength);
        matches.Add(group);
        (points, sampleLength) = (points + matches.Size, sampleLength + matches.SampleLength);
    }

    /// <summary>Makes room: first the smallest groups go, then the earliest matches of the largest, each time half of what there may be.</summary>
    public void Limit(int maxKeys, long maxPoints = MaxPoints, long maxSampleLength = MaxSampleLength)
    {
        if (Keys > maxKeys)
            foreach (var (rule, key, matches) in All().OrderBy(entry => entry.Matches.Count).Take(Keys - maxKeys / 2).ToList())
            {
                stored[rule].Remove(key);
                Keys--;
                points -= matches.Size;
                sampleLength -= matches.SampleLength;
                LeftOut += matches.Count;
            }
        if (points > maxPoints) HalvePoints(maxPoints);
        if (sampleLength > maxSampleLength) HalveSamples(maxSampleLength);
    }

    void HalvePoints(long maxPoints)
    {
        var largestFirst = new PriorityQueue<GroupMatches, int>(All().Select(entry => (entry.Matches, -entry.Matches.Size)));
        while (points > maxPoints / 2 && largestFirst.TryDequeue(out var largest, out _))
        {
            points -= largest.Size;
            LeftOut += largest.DropEarlierHalf();
            points += largest.Size;
            if (largest.Size > 1) largestFirst.Enqueue(largest, -largest.Size);
        }
    }

    void HalveSamples(long maxSampleLength)
    {
        for (var interval = 60_000L; sampleLength > maxSampleLength / 2 && interval < 7 * 86_400_000L; interval *= 4)
        {
            sampleLength = 0;
            foreach (var (_, _, matches) in All())
            {
                matches.ThinSamples(interval);
                sampleLength += matches.SampleLength;
            }
        }
        // Very many groups, with hardly more than one each.
        foreach (var (_, _, matches) in All().OrderBy(entry => entry.Matches.Count).TakeWhile(_ => sampleLength > maxSampleLength / 2))
        {
            sampleLength -= matches.SampleLength;
            matches.ClearSamples();
        }
    }

    /// <summary>The groups of a rule, with what its base correlations give. Also those in which no base correlation fires: they did perhaps, before later matches came.</summary>
    public IEnumerable<(MatchKey Key, GroupMatches Matches)> GroupsOf(WindowRule rule) => Groups(rule).Values.Select(group => (group.Key, group.Matches));

    IEnumerable<(RuleId Rule, MatchKey Key, GroupMatches Matches)> All() => stored.SelectMany(rule => rule.Value.Select(entry => (rule.Key, entry.Key, entry.Value)));

    Dictionary<MatchKey, Group> Groups(WindowRule rule)
    {
        if (groups.TryGetValue(rule.Id, out var known)) return known;
        var all = new Dictionary<MatchKey, Group>();
        foreach (var (key, matches) in WithChained(rule))
        {
            var groupKey = rule.KeyFields.Count == rule.GroupBy.Count ? key : new MatchKey(rule.Id, [.. key.Group.Take(rule.GroupBy.Count)]);
            if (!all.TryGetValue(groupKey, out var group)) all.Add(groupKey, group = new Group(groupKey, matches));
            else group.Add(matches);
            group.Members.Add((key, matches));
        }
        groups.Add(rule.Id, all);
        return all;
    }

    Dictionary<MatchKey, GroupMatches> WithChained(WindowRule rule)
    {
        var direct = stored.GetValueOrDefault(rule.Id) ?? [];
        if (rule.BaseCorrelations.Count == 0) return direct;
        Dictionary<MatchKey, GroupMatches> all = [];
        foreach (var (key, matches) in direct) Target(key).Add(matches);
        foreach (var child in rule.BaseCorrelations.Select(rules.FindWindow))
        {
            var link = new Link(rule, child);
            foreach (var group in Groups(child).Values)
            {
                var moments = link.MomentsOf(group.Matches.Points);
                Dictionary<(MatchKey Key, long Time), long> onsets = [];
                foreach (var (key, matches) in group.Members)
                {
                    var targetKey = link.KeyOf(key);
                    var target = Target(targetKey);
                    target.AddSamples(matches.Samples);
                    if (link.ValueOf(key) is not { } value) continue;
                    foreach (var time in matches.Points.Select(point => point.Time).Distinct().Where(moments.Contains))
                        // Of the lines of one instant any may be its first: the largest value, whichever came first.
                        if (rule.CountsOnsets) onsets[(targetKey, time)] = Math.Max(value, onsets.GetValueOrDefault((targetKey, time), long.MinValue));
                        else target.Add(new MatchPoint(time, 1, value));
                }
                foreach (var ((targetKey, time), value) in onsets) Target(targetKey).Add(new MatchPoint(time, 1, value));
            }
        }
        return all;

        GroupMatches Target(MatchKey key)
        {
            ref var matches = ref CollectionsMarshal.GetValueRefOrAddDefault(all, key, out _);
            return matches ??= new GroupMatches();
        }
    }

    /// <summary>A group, and what it is stored by.</summary>
    sealed class Group(MatchKey key, GroupMatches first)
    {
        bool isOwn;

        public MatchKey Key => key;
        public GroupMatches Matches { get; private set; } = first;
        public List<(MatchKey Key, GroupMatches Matches)> Members { get; } = [];

        public void Add(GroupMatches matches)
        {
            if (!isOwn)
            {
                var own = new GroupMatches();
                own.Add(Matches);
                (Matches, isOwn) = (own, true);
            }
            Matches.Add(matches);
        }
    }

    /// <summary>What a correlation takes from one that it refers to.</summary>
    sealed class Link(WindowRule rule, WindowRule child)
    {
        readonly int[] keyFrom = [.. rule.KeyFields.Select(field => IndexOf(child, field.For(child.Id)))];
        readonly (LineField Field, int From)[] valueFrom = [.. rule.ValueFields.Select(name => (LineField.Find(name)!, IndexOf(child, name)))];
        readonly long ruleValue = rule.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered ? MatchValue.Of(child.Id) : 0;

        public MatchKey KeyOf(MatchKey key) => new(rule.Id, [.. keyFrom.Select(at => key.Group[at])]);

        /// <summary>What is measured of a line; null where it does not have the field.</summary>
        public long? ValueOf(MatchKey key)
        {
            if (valueFrom.Length == 0) return ruleValue;
            if (valueFrom.Any(value => key.Group[value.From] == LineField.Absent)) return null;
            return MatchValue.Of([.. valueFrom.Select(value => MatchValue.OfDisplay(value.Field, key.Group[value.From]))]);
        }

        public HashSet<long> MomentsOf(IReadOnlyList<MatchPoint> points)
        {
            var moments = new List<long>();
            var firings = SlidingWindow.Find(points, child, long.MinValue, long.MaxValue, moments, out _);
            if (!rule.CountsOnsets) return [.. moments];
            HashSet<long> onsets = [];
            var next = 0;
            foreach (var firing in firings)
            {
                while (moments[next] < firing.First) next++;
                onsets.Add(moments[next]);
                while (next < moments.Count && moments[next] <= firing.Last) next++;
            }
            return onsets;
        }

        static int IndexOf(WindowRule rule, string name) => rule.KeyFields.Select(field => field.Name).ToList().IndexOf(name);
    }
}
