import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { Check } from '../ui/check';
import { AddProjectTask, CreateProject, type Deal, UpdateProjectTask } from './documents';
import { useTexts } from './texts';

/** The projects for a deal, with their tasks. */
export function Projects({ deal }: { deal: Deal }) {
  const texts = useTexts();
  const command = useCommand();
  const done = (id: string, isDone: boolean) =>
    command.run(ask(UpdateProjectTask, { input: { id, isDone } }).then(data => data.updateProjectTask));
  return (
    <Section title={texts.projects} count={deal.projects.length}>
      {deal.projects.length === 0 && <p className="record-none">{texts.noProjects}</p>}
      {deal.projects.map(project => (
        <section key={project.id} className="project" aria-label={project.name}>
          <h3>{project.name}</h3>
          <ul>
            {project.tasks.map(task => (
              <li key={task.id} className="activity" data-done={task.doneAt ? '' : undefined}>
                <Check label={texts.taskDone(task.title)} checked={Boolean(task.doneAt)} onChange={checked => void done(task.id, checked)} />
                {task.title}
              </li>
            ))}
          </ul>
          <AddOne
            label={texts.newTask}
            write={title => ask(AddProjectTask, { input: { projectId: project.id, title } }).then(data => data.addProjectTask)}
          />
        </section>
      ))}
      <AddOne label={texts.newProject} write={name => ask(CreateProject, { input: { name, dealIds: [deal.id] } }).then(data => data.createProject)} />
      <Refusal>{command.refusal}</Refusal>
    </Section>
  );
}

function AddOne(props: { label: string; write: (name: string) => Promise<{ errors: { code: string; message: string; path: string[] }[] }> }) {
  const texts = useTexts();
  const command = useCommand();
  const [name, setName] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    const errors = await command.run(props.write(name));
    if (errors.length === 0) setName('');
  }
  return (
    <form className="add-one" onSubmit={event => void submit(event)}>
      <input className="input" aria-label={props.label} placeholder={props.label} value={name} maxLength={255} required onChange={event => setName(event.target.value)} />
      <button className="button" disabled={command.busy || !name}>
        {texts.add}
      </button>
      <Refusal>{command.refusal}</Refusal>
    </form>
  );
}
